import path from 'node:path'
import type { Device } from '@tongxing/emulator'
import type { TestPhone } from '@tongxing/emulator/runtime'
import { describe, expect, it } from 'vitest'
import { runProgram, tap } from './program.js'
import { countCalls, openStage } from './stage.js'
import type { Stage } from './stage.js'

const DAY_MS = 86_400_000

/** An example program on a phone in jsdom; it must compile without a warning and run without an error. */
async function openExample(name: string): Promise<{ stage: Stage, device: Device, phone: TestPhone }> {
  const stage = await openStage()
  const { device } = stage.phone()
  const phone = await runProgram({ folder: path.join(import.meta.dirname, '../examples', name), wx: device.wx, gesture: device })
  return { stage, device, phone }
}

describe('handwritten-login: Page(), callbacks, templates, includes, wxs', () => {
  it('logs in by hand, and shows who it is', async () => {
    const { device, phone } = await openExample('handwritten-login')
    expect([phone.text('.title'), phone.findAll('.row-name').map(({ textContent }) => textContent)]).toEqual(['未登录', ['用户编号', '登录时间', 'AppID', '版本']])
    await tap(phone, '#login')
    expect([phone.text('.title'), phone.text('.row-value.ok')]).toEqual(['已登录', expect.stringMatching(/^u_[\w-]{4}…\S{4}$/)])
    expect(phone.findAll('.row-value')[1]?.textContent).toMatch(/^\d+月\d+日 \d\d:\d\d$/)
    expect(phone.text('.footer')).toContain('没有用任何库')
    expect([...device.storage.keys()]).toEqual(['session'])
  })

  it('logs in once for two requests after the session has ended', async () => {
    const { stage, device, phone } = await openExample('handwritten-login')
    await tap(phone, '#orders')
    expect([phone.page(), phone.text('.title'), countCalls(device, 'login')]).toEqual(['pages/orders/orders', '共 1 单', 1])
    stage.emulator.clock.advance(8 * DAY_MS)
    await tap(phone, '#twice')
    expect([phone.text('.title'), countCalls(device, 'login')]).toEqual(['共 3 单', 2])
  })

  it('ends no new login for a 401 that comes late', async () => {
    const { stage, device, phone } = await openExample('handwritten-login')
    await tap(phone, '#orders')
    stage.emulator.clock.advance(8 * DAY_MS)
    device.fault({ where: 'wx.request', delayMs: 10_000 })
    phone.tap('#twice')
    await expect.poll(() => phone.text('.title')).toBe('共 2 单')
    stage.emulator.clock.advance(10_000)
    await phone.settle()
    expect([phone.text('.title'), countCalls(device, 'login')]).toEqual(['共 3 单', 2])
  })

  it('tells a failed wx.login and a gateway’s web page apart, and recovers', async () => {
    const { device, phone } = await openExample('handwritten-login')
    device.fault({ where: 'wx.request', html502: true })
    device.fault({ where: 'wx.login', errMsg: 'system error' })
    await tap(phone, '#login')
    expect(phone.text('.notice-bad')).toBe('login:fail system error')
    await tap(phone, '#login')
    expect(phone.text('.notice-bad')).toBe('服务端回答 502')
    await tap(phone, '#login')
    expect([phone.find('.notice-bad'), phone.text('.title')]).toEqual([undefined, '已登录'])
  })

  it('forgets the login after a question', async () => {
    const { device, phone } = await openExample('handwritten-login')
    await tap(phone, '#login')
    await tap(phone, '#forget')
    await tap(phone, '.phone-modal-confirm')
    expect([phone.text('.title'), [...device.storage.keys()]]).toEqual(['未登录', []])
  })
})

describe('component-style: TypeScript, Component() pages, a behavior, a subpackage, a tab bar', () => {
  it('logs in by its behavior; observers word it', async () => {
    const { stage, phone } = await openExample('component-style')
    const { json: { uid } } = await stage.send('GET', '/v1/me', { token: await stage.login() })
    expect([phone.text('.title'), phone.text('.uid')]).toEqual(['已登录', uid])
  })

  it('says why the login failed, and tries again', async () => {
    const { device, phone } = await openExample('component-style')
    device.network = 'offline'
    phone.open('pages/home/home')
    await phone.settle()
    expect(phone.text('.title')).toBe('request:fail -106:net::ERR_INTERNET_DISCONNECTED')
    device.network = 'good'
    await tap(phone, '#retry')
    expect(phone.text('.title')).toBe('已登录')
  })

  it('keeps a tab page alive, and shows it anew', async () => {
    const { phone } = await openExample('component-style')
    const switchTo = async (url: string) => {
      const { switchTab } = phone.running.wx as { switchTab: (options: object) => void }
      switchTab({ url })
      await phone.settle()
    }
    await switchTo('/pages/me/me')
    await switchTo('/pages/home/home')
    await switchTo('/pages/me/me')
    expect([phone.page(), phone.text('.shown'), phone.text('.title')]).toEqual(['pages/me/me', '看过 2 次', expect.stringMatching(/^u_/)])
  })

  it('opens a page of the subpackage with its query as properties; a component in it speaks by an event and a slot', async () => {
    const { phone } = await openExample('component-style')
    await tap(phone, '#coupons')
    expect([phone.page(), phone.text('.sum')]).toEqual(['packages/coupons/list/list', '还能用 2 张，至少 5 元'])
    expect(phone.text('#coupon-2')).toContain('券号 2')
    await tap(phone, '#coupon-2 .use')
    expect([phone.text('.sum'), phone.text('#coupon-2 .use')]).toEqual(['还能用 1 张，至少 5 元', '已使用'])
  })
})
