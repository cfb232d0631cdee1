import { readFile } from 'node:fs/promises'
import { afterAll, expect, it, vi } from 'vitest'
import { closeBrowser } from './browser.js'
import { lookAtPanel, openDemoPage } from './demo-page.js'
import { DOMAIN } from './stage.js'

vi.setConfig({ testTimeout: 60_000 })
afterAll(closeBrowser)

it('cuts the phone off: the program hears of it, its requests fail, and work again once the network is back', async (context) => {
  const { page, phone, stage, shoot } = await openDemoPage(context)
  await phone().byId('to-with-client').click()
  await phone().shows('.status', '已登录')
  await page.locator('.network').getByText('断网', { exact: true }).click()
  await page.getByText('没有网络，请求和登录失败').waitFor()
  await phone().byId('me').click()
  await phone().shows('.problem', /.+/)
  await shoot('22-offline')
  await page.locator('.network').getByText('正常', { exact: true }).click()
  await phone().byId('me').click()
  await phone().shows('.answer', '200')
  expect(stage.emulator.traffic.list().some(({ name, kind }) => kind === 'call' && name === `GET ${DOMAIN}/v1/me`)).toBe(true)
})

it('steps the clock by what matters: a code’s, a token’s, a session’s life', async (context) => {
  const { page, act, stage } = await openDemoPage(context)
  const before = stage.emulator.clock.now()
  for (const [name, words] of [['plusMinutes', '5 分钟'], ['plusHours', '2 小时'], ['plusDays', '7 天']] as const) {
    await act(name)
    await page.locator('.group h3', { hasText: `时间快进 ${words}` }).waitFor()
  }
  const passed = stage.emulator.clock.now() - before
  expect(passed - 7 * 86_400_000 - 2 * 3_600_000 - 300_000).toBeLessThan(120_000)
  expect((await page.locator('.clock-now').innerText()).trim()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
})

it('changes a permission while the program runs: the next call goes by it, without a sheet', async (context) => {
  const { page, phone, stage } = await openDemoPage(context, { era: '2018' })
  await page.locator('[data-side=permissions]').click()
  const scope = page.locator('[data-scope="scope.userInfo"]')
  await scope.getByText('拒绝').click()
  const given = (): unknown => stage.emulator.openDevice({ appid: stage.appid, person: 'xiaoming', era: '2018' }).authSetting
  await expect.poll(given).toEqual({ 'scope.userInfo': false })
  await phone().byId('to-with-client').click()
  await phone().byId('get-user-info').click()
  await page.locator('[data-side=timeline]').click()
  await page.locator('.row[data-name="wx.getUserInfo"]', { hasText: 'auth deny' }).waitFor()
  await page.locator('[data-side=permissions]').click()
  await scope.getByText('没问过').click()
  await expect.poll(given).toEqual({})
  await phone().byId('get-user-info').click()
  await phone().locator('.sheet-allow').click()
  await expect.poll(given).toEqual({ 'scope.userInfo': true })
  await scope.locator('.t-is-checked', { hasText: '允许' }).waitFor()
})

it('one person on two phones: a lane each; one goes to the background and back, and answers by itself', async (context) => {
  const { page, phone, act, stage, shoot } = await openDemoPage(context, { era: 'today' })
  await page.getByRole('button', { name: '旁边再放一台手机: 小明' }).click()
  await phone('2').shows('.status', '已登录')
  await page.locator('.caption-name', { hasText: '小明 · 2' }).waitFor()
  await expect.poll(() => page.locator('.lanes .lane').allInnerTexts()).toEqual(['小明 · 1', '小明 · 2', '我们的服务端', '微信'])
  await act('background')
  await phone().locator('.away-back').waitFor()
  await shoot('24-two-phones-of-one')
  await phone().locator('.away-back').click()
  await phone().locator('.phone-away').waitFor({ state: 'detached' })
  await page.locator('[data-act=background][aria-pressed=false]').waitFor()
  await page.locator('.group h3', { hasText: '回到前台' }).waitFor()
  await page.locator('[data-side=permissions]').click()
  await page.locator('.answerer').getByText('总是拒绝').click()
  await expect.poll(() => page.locator('.answerer .t-is-checked').innerText()).toBe('总是拒绝')
  await page.locator('[data-scope=privacy]').getByText('已同意').click()
  await expect.poll(() => stage.emulator.openDevice({ appid: stage.appid, person: 'xiaoming' }).privacyAgreed).toBe(true)
})

it('a high-risk user is turned away; the state is saved, started over and loaded again, and the risk with it', async (context) => {
  const { page, phone, act } = await openDemoPage(context)
  await page.getByRole('button', { name: '修改: 小明' }).click()
  await page.getByText('高风险用户：登录得到 40226').click()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  const risk = page.locator('.risk')
  await risk.waitFor()
  await act('delete')
  await page.locator('.row', { hasText: '40226' }).first().waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), act('state-save')])
  await act('state-reset')
  await page.locator('.t-popconfirm').getByRole('button', { name: '全部重来' }).click()
  await risk.waitFor({ state: 'detached' })
  await phone().shows('.status', '已登录')
  const load = page.locator('.state input[type=file]')
  await load.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{}') })
  await page.getByText('这不是模拟器的状态文件').waitFor()
  await load.setInputFiles(await download.path())
  await risk.waitFor()
})

it('permissions and the controls fit at both widths, in both languages and themes', async (context) => {
  const opened = await openDemoPage(context)
  const { page } = opened
  const permissions = await lookAtPanel(opened, 'permissions', '.permissions', async (size) => {
    if (size === 'hand') await page.locator('.tabs button').nth(1).click()
    await page.locator('[data-side=permissions]').click()
  })
  const controls = await lookAtPanel(opened, 'controls', '.controls', async (size) => {
    if (size === 'hand') await page.locator('.tabs button').nth(2).click()
    await page.locator('.controls').evaluate((panel) => { panel.scrollTo(0, panel.scrollHeight) })
  })
  expect([permissions, controls]).toEqual([[], []])
})

it('exports what it shows: a PNG of the sequence, a HAR of all HTTP, both without a secret', async (context) => {
  const { page, act } = await openDemoPage(context)
  await page.locator('.row[data-name="wx.setStorage"]').first().waitFor()
  const save = async (words: string) => {
    await act('export')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText(words).click()])
    await page.getByText(words).waitFor({ state: 'hidden' })
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
  }
  const har = await save('HAR（全部 HTTP）')
  const { log } = JSON.parse(har.bytes.toString()) as { log: { version: string, entries: { request: { url: string }, response: { status: number } }[] } }
  expect([log.version, log.entries.map(({ request, response }) => [new URL(request.url).pathname, response.status])]).toEqual(['1.2', [['/v1/login', 200], ['/sns/jscode2session', 200]]])
  expect(har.bytes.toString()).not.toMatch(/txs_[\w-]{8}|[0-9a-f]{32}/)
  const png = await save('图片 PNG')
  expect([har.name.endsWith('.har'), png.name.endsWith('.png'), png.bytes.subarray(1, 4).toString()]).toEqual([true, true, 'PNG'])
  // Width and height of the IHDR: three lanes, drawn for dense screens.
  expect(png.bytes.readUInt32BE(16)).toBe((3 * 210 + 48) * 2)
  expect(png.bytes.readUInt32BE(20)).toBeGreaterThan(500)
})
