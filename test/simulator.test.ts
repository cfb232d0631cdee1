import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openSimulator } from '@tongxing/emulator/simulator'
import type { EraName } from '@tongxing/emulator/simulator'
import type { TestContext } from 'vitest'
import { afterAll, expect, it } from 'vitest'
import { closeBrowser, openPage } from './browser.js'
import type { OpenPage } from './browser.js'
import { DOMAIN, openStage } from './stage.js'
import type { Stage } from './stage.js'

const DEMO = fileURLToPath(new URL('../examples/miniprogram', import.meta.url))
const PEOPLE = [{ id: 'xiaoming', nickName: '小明' }, { id: 'xiaohong', nickName: '小红' }]

afterAll(closeBrowser)

async function openDemo(context: TestContext, era: EraName = '2021-04'): Promise<OpenPage & { stage: Stage }> {
  const stage = await openStage({ emulator: { people: PEOPLE } })
  const simulator = openSimulator(stage.emulator, { folder: DEMO, domains: { [DOMAIN]: stage.url }, era, say: () => undefined })
  const opened = await openPage(context, simulator.url)
  await opened.phone().shows('.status', '已登录')
  return { ...opened, stage }
}

const loginsOf = ({ emulator }: Stage): number => emulator.traffic.list().filter(({ name, kind }) => name === 'wx.login' && kind === 'call').length

it('logs in while the timeline draws it, and a relaunch finds the session', async (context) => {
  const { page, phone, rows, act, shoot, stage } = await openDemo(context)
  await page.locator('.row[data-name="wx.setStorage"]').first().waitFor()
  expect(await rows()).toEqual([
    'wx.login()', expect.stringMatching(/^code \S{4}… 5 分钟，一次$/), 'POST /v1/login', 'jscode2session', 'openid、session_key •••',
    '200 加密会话 token', expect.stringMatching(/^保存 wx\.setStorage tongxing:/),
  ])
  await shoot('01-first-login')

  await act('relaunch')
  await page.locator('.group h3[data-cause=launch]').nth(1).waitFor()
  await phone().shows('.status', '已登录')
  expect(loginsOf(stage)).toBe(1)
})

it('lets our session expire and logs in again once, unasked', async (context) => {
  const { page, phone, act, stage, shoot } = await openDemo(context)
  await phone().byId('to-with-client').click()
  await phone().shows('.status', '已登录')
  await act('expire-server')
  await page.locator('.group h3[data-cause=clock]').waitFor()
  await phone().byId('me').click()
  await phone().shows('.answer', '200')
  expect(loginsOf(stage)).toBe(2)
  await shoot('02-silent-relogin')
})

it('lets WeChat’s session expire: checkSession fails and the tutorial’s page logs in', async (context) => {
  const { phone, act, stage } = await openDemo(context)
  await phone().byId('to-by-hand').click()
  await phone().byId('start').click()
  await phone().shows('.uid', /^u_/)
  await act('expire-wechat')
  await phone().byId('start').click()
  await phone().shows('.step', 'Session 过期，重新登录')
  await phone().shows('.step', '令牌已保存在本地')
  expect(stage.emulator.traffic.list().some(({ name, ok }) => name === 'wx.checkSession' && ok === false)).toBe(true)
})

it('asks for the profile as WeChat does: refused, then allowed', async (context) => {
  const { page, phone, shoot } = await openDemo(context)
  await phone().byId('to-by-hand').click()
  await phone().byId('start').click()
  await phone().shows('.uid', /^u_/)
  await phone().byId('get-profile').click()
  await phone().shows('.sheet-permission', '获取你的昵称、头像')
  await shoot('03-permission-sheet')
  await phone().locator('.sheet-deny').click()
  await page.locator('.row[data-name="wx.getUserProfile"]', { hasText: 'getUserProfile:fail auth deny' }).waitFor()

  await phone().byId('get-profile').click()
  await phone().locator('.sheet-allow').click()
  await phone().shows('.nickname', '小明')
  await phone().shows('.verdict', '小明')
  await page.locator('.row[data-name="sheet getUserProfile"]', { hasText: '允许' }).waitFor()
  await shoot('04-profile-allowed')
})

it('has no getUserProfile before 2021-04: the button asks, by the old way', async (context) => {
  const { page, phone, shoot } = await openDemo(context, '2018')
  await phone().byId('to-with-client').click()
  await phone().byId('get-user-info').click()
  await phone().locator('.sheet-allow').click()
  await phone().shows('.answer', '小明')
  await page.locator('.row[data-name="sheet getUserInfo"]').waitFor()
  await shoot('05-legacy-button')
})

it('shows 微信用户 being recognised, one click from the first era', async (context) => {
  const { page, phone, shoot } = await openDemo(context)
  await page.getByText('今天', { exact: true }).click()
  await page.locator('[data-fact=placeholder]').first().waitFor()
  await page.locator('.group h3[data-cause=launch]').nth(1).waitFor()
  await phone().byId('to-with-client').click()
  await phone().byId('get-profile').click()
  await phone().locator('.sheet-allow').click()
  await phone().shows('.placeholder', '占位资料')
  await page.locator('.row[data-name="wx.getUserProfile"]', { hasText: '占位资料' }).waitFor()
  await shoot('06-placeholder-today')
})

it('fills in avatar and nickname', async (context) => {
  const { phone, shoot } = await openDemo(context, 'today')
  await phone().byId('to-fill-in').click()
  await phone().byId('choose-avatar').click()
  await phone().locator('.sheet-allow').click()
  await phone().locator('.sheet-album').click()
  await phone().locator('.sheet-picture img').last().waitFor()
  await shoot('07-avatar-sheet')
  await phone().locator('.sheet-picture').nth(1).click()
  await phone().locator('img[src*="/files/tmp_"]').waitFor()
  await phone().locator('wx-input input').focus()
  await phone().locator('.phone-nickname-fill').click()
  await phone().byId('save').click()
  await phone().shows('.saved', '小明')
  await shoot('08-fill-in')
})

it('logs out, and stays logged out over a relaunch', async (context) => {
  const { page, phone, act, stage } = await openDemo(context)
  await phone().byId('to-with-client').click()
  await phone().byId('logout').click()
  await phone().byId('login').waitFor()
  const before = loginsOf(stage)
  await act('relaunch')
  await page.locator('.group h3[data-cause=launch]').nth(1).waitFor()
  await phone().shows('.status', '未登录')
  expect(loginsOf(stage)).toBe(before)
})

it('has two people on two phones, each with a user and a storage of their own', async (context) => {
  const { page, phone, spills, stage, shoot } = await openDemo(context)
  const ming = await phone().locator('.uid').innerText()
  await page.getByRole('button', { name: '旁边再放一台手机: 小红' }).click()
  await phone('2').shows('.status', '已登录')
  const hong = await phone('2').locator('.uid').innerText()
  expect([hong !== ming, /^u_/.test(hong), loginsOf(stage)]).toEqual([true, true, 2])
  await page.locator('.lane[data-lane=xiaohong]', { hasText: '小红' }).waitFor()
  await page.locator('.row[data-name="wx.setStorage"]').nth(1).waitFor()
  expect(await spills()).toEqual([])
  await shoot('09-two-phones')
})

it('deletes the mini program: storage is gone and the login begins anew', async (context) => {
  const { page, phone, act, stage, shoot } = await openDemo(context)
  await page.getByRole('tab', { name: /存储/ }).click()
  await page.locator('.entry code', { hasText: 'tongxing:' }).waitFor()
  expect(await page.locator('.entry .json').first().innerText()).toContain('••••••')
  await shoot('10-storage')
  await act('delete')
  await expect.poll(() => loginsOf(stage)).toBe(2)
  await phone().shows('.status', '已登录')
})

it('opens a step with what was sent and answered, masked; exports, filters, and clears', async (context) => {
  const { page, phone, rows, act, shoot } = await openDemo(context)
  await phone().byId('to-by-hand').click()
  await phone().byId('start').click()
  await phone().shows('.uid', /^u_/)
  await page.locator('.row[data-name$="/v1/login"]').first().focus()
  await page.keyboard.press('Enter')
  await page.locator('.detail').waitFor()
  const detail = await page.locator('.detail').innerText()
  expect(detail).toMatch(/"code": "\S{4}…"/)
  expect(detail).toContain('"token": "••••••"')
  expect(await page.content()).not.toMatch(/txs_[\w-]{8}/)
  await shoot('11-step-open')
  await page.keyboard.press('ArrowDown')
  await page.locator('.row.selected[data-name="GET /sns/jscode2session"]').waitFor()

  await act('export')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('JSON（全部步骤）').click()])
  const exported = await readFile(await download.path(), 'utf8')
  expect((JSON.parse(exported) as { name: string }[]).map(({ name }) => name)).toEqual(expect.arrayContaining(['wx.login', `POST ${DOMAIN}/v1/login`, 'GET /sns/jscode2session']))
  expect(exported).not.toMatch(/txs_[\w-]{8}/)

  await page.getByRole('textbox', { name: /搜索/ }).fill('/v1/me')
  await expect.poll(rows).toEqual(['GET /v1/me 带 token', expect.stringMatching(/^200 u_/)])
  await page.getByRole('textbox', { name: /搜索/ }).fill('')
  await act('clear')
  await page.getByText('还没有往来').waitFor()
})

it('draws twenty requests at once, and their one login, without a jump', async (context) => {
  const { page, phone, act, spills, shoot } = await openDemo(context)
  await phone().byId('to-storm').click()
  await phone().byId('break').click()
  await phone().shows('.state', '令牌已改坏')
  await act('clear')
  await page.getByText('还没有往来').waitFor()
  const timeline = page.locator('.sequence')
  const before = await timeline.boundingBox()
  await phone().byId('fire').click()
  await phone().shows('.summary', '只登录了 1 次')
  const rows = (name: string, kind: string) => page.locator(`.row[data-name$="${name}"][data-kind=${kind}]`)
  await expect.poll(() => rows('/v1/me', 'answer').filter({ has: page.locator('.tag', { hasText: '200' }) }).count()).toBe(20)
  expect(await Promise.all(['wx.login', 'POST https://api.demo.test/v1/login', '/sns/jscode2session'].map((name) => rows(name, 'call').count()))).toEqual([1, 1, 1])
  expect(await timeline.boundingBox()).toEqual(before)
  expect(await timeline.evaluate((list) => [list.scrollHeight > list.clientHeight, list.scrollWidth > list.clientWidth, list.scrollHeight - list.clientHeight - list.scrollTop < 2])).toEqual([true, false, true])
  expect(await spills()).toEqual([])
  await shoot('15-storm')
})
