import { fileURLToPath } from 'node:url'
import { openSimulator } from '@tongxing/emulator/simulator'
import type { Locator } from 'playwright-core'
import { afterAll, expect, it, vi } from 'vitest'
import { closeBrowser, openPage } from './browser.js'
import type { Phone } from './browser.js'
import { findFaults, SIZES } from './demo-page.js'
import { openDemoStage } from './demo-phone.js'
import { DOMAIN } from './stage.js'

vi.setConfig({ testTimeout: 180_000 })
afterAll(closeBrowser)

const DEMO = fileURLToPath(new URL('../examples/miniprogram', import.meta.url))
const allow = (phone: Phone): Promise<void> => phone.locator('.sheet-allow').click()

/** Looks at what is on the phone; `panel` is the part that must hold its own, by itself the page. */
type Look = (name: string, panel?: Locator) => Promise<void>

/** What a visitor does on each page, in the order of the walk, and what he sees then. */
const VISITS: readonly (readonly [page: string, visit: (phone: Phone, look: Look) => Promise<void>])[] = [
  ['by-hand', async (phone) => {
    await phone.byId('start').click()
    await phone.shows('.uid', /^u_/)
  }],
  ['with-client', async (phone) => {
    await phone.byId('me').click()
    await phone.shows('.answer', '200')
  }],
  ['sessions', async (phone) => {
    await phone.byId('elsewhere').click()
    await phone.shows('.device-name', '另一台设备')
    await phone.locator('.end:visible').first().click()
    await phone.shows('.result', '不会悄悄登录回来')
  }],
  ['requests', async (phone) => {
    await phone.byId('slow').click()
    await phone.byId('abort').click()
    await phone.shows('.error-code', 'ABORTED')
    await phone.byId('recover').click()
    await phone.shows('.result', '旧令牌 401，recover 之后 200')
  }],
  ['storm', async (phone) => {
    await phone.byId('break').click()
    await phone.shows('.state', '令牌已改坏')
    await phone.byId('fire').click()
    await phone.shows('.summary', '只登录了 1 次')
  }],
  ['privacy', async (phone, look) => {
    await phone.byId('three').click()
    await phone.shows('.popup-title', '用户隐私保护提示')
    await look('privacy-popup')
    await phone.byId('agree').click()
    await phone.shows('.result', '弹窗出现了 1 次')
  }],
  ['profile', async (phone) => {
    await phone.byId('from-tap').click()
    await phone.shows('.placeholder', '占位资料')
  }],
  ['fill-in', async (phone) => {
    await phone.locator('wx-input input').fill('小明')
    await phone.byId('save').click()
    await phone.shows('.saved', '小明')
  }],
  ['phone', async (phone) => {
    await phone.byId('get-phone').click()
    await allow(phone)
    await phone.shows('.way', 'code')
  }],
  ['scopes', async (phone) => {
    await phone.byId('ask-record').click()
    await allow(phone)
    await phone.shows('.result', '可以使用「录音」了')
    await phone.byId('ask-location').click()
    await phone.locator('.sheet-deny').click()
    await phone.byId('ask-location').click()
    await phone.locator('.phone-modal-cancel').click()
    await phone.shows('.error-code', 'SCOPE_DENIED')
  }],
  ['sensitive', async (phone) => {
    await phone.byId('send').click()
    await phone.shows('.result', '服务端打开了加密数据')
  }],
  ['files', async (phone) => {
    await phone.byId('download').click()
    await phone.shows('.result', '下载好了')
    await phone.locator('.picture-image img').waitFor()
    await phone.byId('upload').click()
    await phone.shows('.result', '服务端收到 image/png')
  }],
  ['live', async (phone) => {
    await phone.byId('connect').click()
    await phone.shows('.message', '服务端：认出会话')
    await phone.byId('send').click()
    await phone.shows('.message', '服务端：你好')
    await phone.byId('drop').click()
    await expect.poll(() => phone.locator('.message', { hasText: '认出会话' }).count(), { timeout: 20_000 }).toBe(2)
  }],
  ['ticket', async (phone, look) => {
    await phone.byId('issue').click()
    await phone.shows('.address', 'ticket=txt_')
    await phone.byId('open').click()
    const page = phone.locator('wx-web-view iframe').contentFrame()
    await page.locator('#uid').waitFor()
    await look('web', page.locator('html'))
    await page.locator('#back').click()
    await phone.shows('.result', '网页认出了 u_')
    // The ticket is used by now.
    await phone.byId('open').click()
    await page.getByText('网页不知道您是谁').waitFor()
    await look('web-refused', page.locator('html'))
    await page.locator('#back').click()
    await phone.byId('unlisted').click()
    await phone.shows('.web-view-note', '不支持打开 https://evil.example/，')
    await look('web-unlisted')
    await phone.locator('.phone-back').click()
  }],
  ['errors', async (phone) => {
    await phone.byId('elsewhere').click()
    await phone.shows('.advice', '服务器域名')
  }],
]

it.for(['desk', 'hand'] as const)('every page works, and fits in both themes: %s', async (size, context) => {
  const stage = await openDemoStage({ people: [{ id: 'xiaoming', nickName: '小明' }, { id: 'xiaohong', nickName: '小红' }] })
  const simulator = openSimulator(stage.emulator, { folder: DEMO, domains: { [DOMAIN]: stage.url }, say: () => undefined })
  const { page, phone, rows, shoot, spills } = await openPage(context, simulator.url, { viewport: SIZES[size] }, [
    // The web page whose ticket was used.
    'Failed to load resource: the server responded with a status of 410 (Gone)',
  ])
  await phone().shows('.status', '已登录')
  // A colour on its way to another is neither.
  await phone().locator('head').evaluate((head) => { head.insertAdjacentHTML('beforeend', '<style>*{transition:none!important;animation:none!important}</style>') })
  const faults: string[] = []
  const look: Look = async (id, panel = phone().locator('wx-page:visible')) => {
    for (const theme of ['light', 'dark'] as const) {
      if (await page.evaluate(() => document.documentElement.dataset['theme']) !== theme) await page.getByRole('button', { name: /^(深色|浅色)$/ }).click()
      await phone().locator(`.phone-navigation[data-text=${theme === 'dark' ? 'white' : 'black'}]`).waitFor()
      faults.push(...(await panel.evaluate(findFaults)).map((fault) => `${id} ${theme}: ${fault}`))
      await shoot(`walk-${size}-${id}-${theme}`)
    }
  }
  await look('index')
  for (const [id, visit] of VISITS) {
    await phone().byId(`to-${id}`).click()
    await visit(phone(), look)
    await look(id)
    await phone().locator('.phone-back').click()
  }
  expect(faults).toEqual([])
  expect(await spills()).toEqual([])
  if (size === 'hand') return
  expect(await rows()).toEqual(expect.arrayContaining(['已连接', '连接关闭 1000', expect.stringMatching(/^发出消息 \S/), expect.stringMatching(/^收到消息 \S/), '打开网页 api.demo.test/demo/h5', '小程序的隐私弹窗 允许']))
  await page.locator('.language').click()
  const english = await rows()
  expect(english).toEqual(expect.arrayContaining(['connected', 'connection closed 1000', expect.stringMatching(/^message sent \S/), expect.stringMatching(/^message came \S/), 'open web page api.demo.test/demo/h5', 'privacy popup of the program allowed']))
  // What the program wrote stays as it is; every other word is the page's.
  expect(english.filter((row) => /[⇠⇢]| closed$|^privacy agree|^settings$/.test(row))).toEqual([])
})
