import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createEmulator } from '@tongxing/emulator'
import { JWEIXIN, openSimulator } from '@tongxing/emulator/simulator'
import type { TestContext } from 'vitest'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { closeBrowser, openBrowser, openPage } from './browser.js'
import { findFaults, SIZES } from './demo-page.js'

afterAll(closeBrowser)

const H5 = 'https://h5.example.com'
const PROGRAM = {
  'app.json': '{ "pages": ["p/first", "p/web"], "window": { "navigationBarTitleText": "网页" } }',
  'p/first.js': `Page({ data: { heard: [] },
    open({ target }) { wx.navigateTo({ url: '/p/web?src=' + encodeURIComponent(target.dataset.src), events: { news: (news) => this.setData({ heard: [...this.data.heard, JSON.stringify(news)] }) } }) } })`,
  'p/first.wxml': `<button id="open" data-src="${H5}/page?ticket=1" bindtap="open">打开</button><button id="down" data-src="https://down.example.com/" bindtap="open">没有回答</button>
    <button id="unlisted" data-src="https://other.example.com/secret?token=1" bindtap="open">没有登记</button><view class="heard" wx:for="{{heard}}" wx:key="*this">{{item}}</view>`,
  'p/web.js': `Page({ data: { src: '' }, onLoad(q) { this.setData({ src: decodeURIComponent(q.src) }) }, on(e) { this.getOpenerEventChannel().emit('news', { type: e.type, detail: e.detail }) } })`,
  'p/web.wxml': '<view class="under">这一行在网页下面</view><web-view src="{{src}}" bindload="on" binderror="on" bindmessage="on"/>',
}

/** A program whose second page is a <web-view>, and the web site that it shows: `asked` are the requests that came. */
async function serveProgram() {
  const emulator = await createEmulator()
  onTestFinished(() => emulator.close())
  const asked: string[] = []
  const site = createServer((request, response) => {
    // What the page shows of others: it says to everybody around it what only the page may say.
    if (request.url === '/advertisement') {
      const forged = [{ miniProgram: 'postMessage', id: 1, options: { data: 'forged' } }, { miniProgram: 'navigateTo', id: 2, options: { url: '/p/first' } }]
      return void response.setHeader('content-type', 'text/html').end(`<script>for (const message of ${JSON.stringify(forged)}) { parent.postMessage(message, '*'); parent.parent.postMessage(message, '*') }</script>`)
    }
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'text/html; charset=utf-8').end(`<link rel="icon" href="data:,"><script src="${emulator.url}${JWEIXIN}"></script><h1>网页</h1><p id="told"></p>
      <a id="out" href="${emulator.url}/">离开</a><a id="top" target="_top" href="${emulator.url}/_emulator/state">顶层</a>
      <script>function call(api, options) { wx.miniProgram[api]({ ...options, complete: ({ errMsg }) => { told.textContent = errMsg } }) }</script>`)
  })
  await new Promise<void>((resolve) => { site.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => { site.close().closeAllConnections() })
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-web-view-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(path.join(folder, 'p'))
  for (const [file, text] of Object.entries(PROGRAM)) writeFileSync(path.join(folder, file), text)
  const domains = { [H5]: `http://127.0.0.1:${(site.address() as AddressInfo).port}`, 'https://down.example.com': 'http://127.0.0.1:9' }
  return { url: openSimulator(emulator, { folder, businessDomains: domains, say: () => undefined }).url, asked }
}

async function openProgram(context: TestContext) {
  const { url, asked } = await serveProgram()
  const opened = await openPage(context, url)
  const phone = opened.phone()
  await phone.byId('open').waitFor()
  const web = phone.locator('wx-web-view iframe').contentFrame()
  const call = (api: string, options: object = {}) => web.locator('body').evaluate((_, given) => { (globalThis as unknown as { call(api: string, options: object): void }).call(...given) }, [api, options] as const)
  return { ...opened, asked, phone, web, call }
}

it('shows a listed page over the whole page, asks for it once, and hears what it posted when it goes', async (context) => {
  const { phone, web, call, asked, rows } = await openProgram(context)
  await phone.byId('open').click()
  await web.locator('h1').waitFor()
  const [frame, page] = await Promise.all(['wx-web-view iframe', 'wx-page:visible'].map((selector) => phone.locator(selector).boundingBox()))
  expect([frame, asked]).toEqual([page, ['/page?ticket=1']])
  expect(await web.locator('body').evaluate(() => new Promise((resolve) => { (globalThis as unknown as { wx: { miniProgram: { getEnv(tell: (env: object) => void): void } } }).wx.miniProgram.getEnv(resolve) }))).toEqual({ miniprogram: true })
  await call('postMessage', { data: { n: 1 } })
  await call('postMessage', { data: 'two' })
  await phone.locator('.phone-back').click()
  await phone.shows('.heard', '"message"')
  expect(await phone.locator('.heard').allInnerTexts()).toEqual([`{"type":"load","detail":{"src":"${H5}/page?ticket=1"}}`, '{"type":"message","detail":{"data":[{"n":1},"two"]}}'])
  expect((await rows()).at(-1)).toBe('打开网页 h5.example.com/page')
})

it('lets the page navigate the mini program, and nothing more', async (context) => {
  const { phone, web, call } = await openProgram(context)
  await phone.byId('open').click()
  await call('switchTab', { url: '/p/nowhere' })
  await expect.poll(() => web.locator('#told').innerText()).toMatch(/^switchTab:fail/)
  expect(await web.locator('body').evaluate(() => new Promise((resolve) => {
    window.addEventListener('message', ({ data }: MessageEvent) => { resolve(data) })
    window.parent.postMessage({ miniProgram: 'login', id: -1, options: {} }, '*')
  }))).toEqual({ miniProgramAnswer: -1, ok: false, result: { errMsg: 'login:fail the simulator has no wx.miniProgram.login' } })
  await call('navigateTo', { url: '/p/first' })
  await phone.shows('wx-button', '打开')
  await phone.locator('.phone-back').click()
  await call('navigateBack')
  await phone.locator('wx-web-view').waitFor({ state: 'detached' })
})

it('hears the page in the frame alone: neither a frame within it, nor another window', async (context) => {
  const { phone, web, call } = await openProgram(context)
  await phone.byId('open').click()
  await web.locator('h1').waitFor()
  await web.locator('body').evaluate((body) => new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.addEventListener('load', resolve)
    frame.src = '/advertisement'
    body.append(frame)
  }))
  await phone.locator('body').evaluate(() => { window.postMessage({ miniProgram: 'postMessage', id: 3, options: { data: 'forged by the phone' } }, '*') })
  await call('postMessage', { data: 'its own' })
  // Messages come in order: what was forged has been looked at by now.
  await expect.poll(() => web.locator('#told').innerText()).toBe('postMessage:ok')
  expect(await phone.locator('wx-page').count()).toBe(2)
  await phone.locator('.phone-back').click()
  await phone.shows('.heard', '"message"')
  expect((await phone.locator('.heard').allInnerTexts()).filter((text) => text.includes('"message"'))).toEqual(['{"type":"message","detail":{"data":["its own"]}}'])
})

it('leads neither the simulator away nor itself to a domain that is not listed', async (context) => {
  const { url } = await serveProgram()
  // A page of its own: the browser tells its console what it refuses.
  const page = await (await openBrowser(context)).newPage()
  onTestFinished(() => page.close())
  const refused: string[] = []
  page.on('console', (message) => { if (message.type() === 'error') refused.push(message.text()) })
  await page.goto(url)
  const phone = page.frameLocator('iframe[data-phone="1"]')
  await phone.locator('[id$="--open"]').click()
  const web = phone.locator('wx-web-view iframe').contentFrame()
  await web.locator('#top').click()
  await expect.poll(() => refused.join(' ')).toMatch(/navigat.*sandbox/i)
  await web.locator('#out').click()
  await expect.poll(() => refused.join(' ')).toContain('frame-src')
  expect(page.url()).toBe(url)
})

it('a domain that is not listed, and a server that does not answer, look as in WeChat; only the second is an error', async (context) => {
  const { page, phone, rows, shoot } = await openProgram(context)
  const faults: string[] = []
  const look = async (name: string): Promise<void> => {
    for (const size of ['desk', 'hand'] as const) {
      await page.setViewportSize(SIZES[size])
      for (const theme of ['light', 'dark'] as const) {
        if (await page.evaluate(() => document.documentElement.dataset['theme']) !== theme) await page.getByRole('button', { name: /^(深色|浅色)$/ }).click()
        faults.push(...await phone.locator('wx-page:visible').evaluate(findFaults))
        await shoot(`web-view-${name}-${size}-${theme}`)
      }
    }
    await page.setViewportSize(SIZES.desk)
  }
  await phone.byId('unlisted').click()
  await phone.shows('.web-view-note', '不支持打开 https://other.example.com/secret，')
  await look('unlisted')
  await phone.locator('.phone-back').click()
  await phone.byId('down').click()
  await phone.shows('.web-view-note', '没有回答')
  await look('down')
  await phone.locator('.phone-back').click()
  expect(await phone.locator('.heard').allInnerTexts()).toEqual(['{"type":"error","detail":{"src":"https://down.example.com/"}}'])
  expect((await rows()).slice(-2)).toEqual(['打开网页 other.example.com/secret 不在业务域名里', '打开网页 down.example.com/ 没有回答'])
  await page.locator('.language').click()
  expect((await rows()).slice(-2)).toEqual(['open web page other.example.com/secret not a business domain', 'open web page down.example.com/ unanswered'])
  expect(faults).toEqual([])
})
