import type { TestPhone } from '@tongxing/emulator/runtime'
import { describe, expect, it } from 'vitest'
import { lines, open, openDemo } from './demo-phone.js'
import { tap } from './program.js'
import { countCalls, openStage } from './stage.js'

const DAY_MS = 86_400_000
/** getUserProfile still gives real data. */
const REAL = { era: '2021-04' } as const

const INDEX = 'pages/index/index'
const BY_HAND = 'pages/by-hand/by-hand'
const WITH_CLIENT = 'pages/with-client/with-client'
const STORM = 'pages/storm/storm'
const FILL_IN = 'pages/fill-in/fill-in'
/** One transparent pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

const steps = (phone: TestPhone): string[] => lines(phone, '.step .line-name')

it('compiles without a warning', async () => {
  const { phone } = await openDemo(INDEX)
  expect(phone.warnings).toEqual([])
})

describe('首页', () => {
  it('shows who is logged in: the start logged in once, silently', async () => {
    const { stage, device, phone } = await openDemo(INDEX)
    expect(phone.text('.status')).toBe('已登录')
    const { json } = await stage.send('GET', '/v1/me', { token: await stage.login() })
    expect(phone.text('.uid')).toBe(json.uid)
    expect(countCalls(device, 'login')).toBe(1)
  })

  it.each([['#to-by-hand', BY_HAND], ['#to-with-client', WITH_CLIENT], ['#to-storm', STORM], ['#to-fill-in', FILL_IN]])('leads by %s to %s', async (card, page) => {
    const { phone } = await openDemo(INDEX)
    await tap(phone, card)
    expect(phone.page()).toBe(page)
  })

  it('says that the server is not reached, and is logged in after 重试', async () => {
    const stage = await openStage()
    const { device } = stage.phone()
    // The client tries once more by itself.
    device.fault({ api: 'request', kind: 'fail', times: 2 })
    const phone = await open(device, INDEX)
    await expect.poll(() => phone.text('.status')).toBe('登录失败')
    expect(phone.text('.problem')).toBe('连接不上服务器，请稍后再试')
    await tap(phone, '#retry')
    expect(phone.text('.status')).toBe('已登录')
  })
})

describe('手写登录', () => {
  const FIRST = ['wx.getStorage', 'wx.login', 'POST /v1/login', 'wx.setStorage', 'GET /v1/me']

  it('logs in as the tutorial does, and the server knows the token that was stored', async () => {
    const { stage, device, phone } = await openDemo(BY_HAND)
    await tap(phone, '#start')
    expect(steps(phone)).toEqual(FIRST)
    const { json } = await stage.send('GET', '/v1/me', { token: device.wx.getStorageSync('token') as string })
    expect(phone.text('.uid')).toBe(json.uid)
  })

  it('finds its token the second time: checkSession is content, and nobody logs in', async () => {
    const { device, phone } = await openDemo(BY_HAND)
    await tap(phone, '#start')
    const logins = countCalls(device, 'login')
    await tap(phone, '#start')
    expect(steps(phone)).toEqual(['wx.getStorage', 'wx.checkSession', 'GET /v1/me'])
    expect(countCalls(device, 'login')).toBe(logins)
  })

  it('finds its token after a restart of the mini program', async () => {
    const { device, phone } = await openDemo(BY_HAND)
    await tap(phone, '#start')
    const again = await open(device.relaunch(), BY_HAND)
    await tap(again, '#start')
    expect(steps(again)).toEqual(['wx.getStorage', 'wx.checkSession', 'GET /v1/me'])
  })

  it('logs in again when checkSession says that WeChat’s session is over', async () => {
    const { stage, device, phone } = await openDemo(BY_HAND)
    await tap(phone, '#start')
    stage.emulator.expireSession({ appid: stage.appid, person: stage.person })
    await tap(phone, '#start')
    expect(steps(phone)).toEqual(['wx.getStorage', 'wx.checkSession', ...FIRST.slice(1)])
    expect(phone.text('.uid')).not.toBe('')
    expect(countCalls(device, 'login')).toBe(3)
  })

  it('shows where the tutorial is mistaken: checkSession is content while the server says 登录已过期; 重新登录 mends it', async () => {
    const { stage, phone } = await openDemo(BY_HAND)
    await tap(phone, '#start')
    stage.emulator.clock.advance(8 * DAY_MS)
    await tap(phone, '#start')
    expect(steps(phone)).toEqual(['wx.getStorage', 'wx.checkSession', 'GET /v1/me'])
    expect(phone.text('.problem')).toBe('登录已过期')
    await tap(phone, '#relogin')
    expect([phone.find('.problem'), phone.find('.uid') !== undefined]).toEqual([undefined, true])
  })

  it('begins anew after 清除本地令牌', async () => {
    const { phone } = await openDemo(BY_HAND)
    await tap(phone, '#start')
    await tap(phone, '#forget')
    expect(phone.find('.uid')).toBeUndefined()
    await tap(phone, '#start')
    expect(steps(phone)).toEqual(FIRST)
  })

  it('shows what the server answers when the login is refused', async () => {
    const stage = await openStage({ emulator: { people: [{ id: 'risky', risk: true }] } })
    const phone = await open(stage.phone().device, BY_HAND)
    await tap(phone, '#start')
    expect(phone.text('.problem')).toBe('微信判定该用户存在风险，已拦截登录')
  })

  it('shows the nickname that getUserProfile gives in the tap, and that the server verified and kept it', async () => {
    const { stage, device, phone } = await openDemo(BY_HAND, REAL)
    await tap(phone, '#start')
    await tap(phone, '#get-profile')
    expect([phone.text('.nickname'), phone.text('.verdict')]).toEqual(['小明', '服务端已验签并保存：小明'])
    const { json } = await stage.send('GET', '/v1/me', { token: device.wx.getStorageSync('token') as string })
    expect(json.profile).toMatchObject({ nickname: '小明', source: 'wechat' })
  })

  it('shows today’s placeholder, says what it is, and the server keeps nothing', async () => {
    const { phone } = await openDemo(BY_HAND)
    await tap(phone, '#start')
    await tap(phone, '#get-profile')
    expect([phone.text('.nickname'), phone.text('.verdict')]).toEqual(['微信用户', '服务端认出这是占位资料，没有保存'])
    expect(phone.text('.placeholder')).toContain('占位资料')
  })

  it('keeps the nickname that the person typed once, whatever placeholder comes later', async () => {
    const { stage, phone } = await openDemo(BY_HAND)
    const token = await stage.login()
    await stage.send('PUT', '/v1/me', { token, body: { nickname: '小红' } })
    await tap(phone, '#start')
    await tap(phone, '#get-profile')
    expect(phone.text('.verdict')).toBe('服务端认出这是占位资料，没有保存')
    expect((await stage.send('GET', '/v1/me', { token })).json.profile).toMatchObject({ nickname: '小红' })
  })

  it('shows the nickname without the server while nobody logged in by hand', async () => {
    const { phone } = await openDemo(BY_HAND, REAL)
    await tap(phone, '#get-profile')
    expect([phone.text('.nickname'), phone.text('.verdict')]).toEqual(['小明', '还没有登录，只在本页显示'])
  })

  it('keeps its button after a refusal, and asks again at the next tap', async () => {
    const { device, phone } = await openDemo(BY_HAND, { ...REAL, answer: 'deny' })
    await tap(phone, '#get-profile')
    expect(phone.text('.refusal')).toContain('auth deny')
    device.answer = 'allow'
    await tap(phone, '#get-profile')
    expect([phone.text('.nickname'), phone.find('.refusal')]).toEqual(['小明', undefined])
  })

  it('uses the getUserInfo button where getUserProfile does not exist, and the server verifies that too', async () => {
    const { phone } = await openDemo(BY_HAND, { era: '2018' })
    await tap(phone, '#start')
    expect(phone.find('#get-profile')).toBeUndefined()
    await tap(phone, '#get-user-info')
    expect([phone.text('.nickname'), phone.text('.verdict')]).toEqual(['小明', '服务端已验签并保存：小明'])
  })
})

describe('用通行客户端', () => {
  it('is logged in without a tap, and the server knows who asks', async () => {
    const { device, phone } = await openDemo(WITH_CLIENT)
    expect(phone.text('.status')).toBe('已登录')
    await tap(phone, '#me')
    expect(phone.text('.answer')).toContain('200')
    expect(countCalls(device, 'login')).toBe(1)
  })

  it('shows the nickname that was allowed in the tap, here and on the first page', async () => {
    const { phone } = await openDemo(WITH_CLIENT, REAL)
    await tap(phone, '#get-profile')
    expect([phone.text('.nickname'), phone.text('.answer')]).toEqual(['小明', '服务端已验签并保存：小明'])
    phone.open(INDEX)
    await phone.settle()
    expect(phone.text('.nickname')).toBe('小明')
  })

  it('says that the person refused, and sends nothing', async () => {
    const { phone } = await openDemo(WITH_CLIENT, { ...REAL, answer: 'deny' })
    await tap(phone, '#get-profile')
    expect([phone.text('.nickname'), phone.text('.problem')]).toEqual(['还没有昵称', '你没有同意，没有取得任何资料'])
  })

  it('recognises today’s placeholder and leads to the fill-in', async () => {
    const { phone } = await openDemo(WITH_CLIENT)
    await tap(phone, '#get-profile')
    expect(phone.text('.placeholder')).toContain('微信用户')
    await tap(phone, '#to-fill-in')
    expect(phone.page()).toBe(FILL_IN)
  })

  it('takes the event of the getUserInfo button where getUserProfile does not exist', async () => {
    const { phone } = await openDemo(WITH_CLIENT, { era: '2018' })
    await tap(phone, '#get-user-info')
    expect(phone.text('.nickname')).toBe('小明')
  })

  it('logs in silently when the session has expired, and shows it as events', async () => {
    const { stage, device, phone } = await openDemo(WITH_CLIENT)
    stage.emulator.clock.advance(8 * DAY_MS)
    await tap(phone, '#me')
    expect(phone.text('.answer')).toContain('200')
    expect(lines(phone, '.event .line-what')).toEqual(['登录成功，拿到新的会话', '登录已过期', '登录成功，拿到新的会话'])
    expect(countCalls(device, 'login')).toBe(2)
  })

  it('stays logged out over a restart, until 登录', async () => {
    const { device, phone } = await openDemo(WITH_CLIENT)
    await tap(phone, '#logout')
    expect(phone.text('.status')).toBe('已退出，不会自动登录')
    const relaunched = device.relaunch()
    const again = await open(relaunched, INDEX)
    expect([again.text('.status'), countCalls(relaunched, 'login')]).toEqual(['未登录', 0])
    await tap(again, '#to-with-client')
    await tap(again, '#login')
    expect([again.text('.status'), countCalls(relaunched, 'login')]).toEqual(['已登录', 1])
  })

  it('ends the sessions of all devices by 退出所有设备', async () => {
    const { stage, phone } = await openDemo(WITH_CLIENT)
    const elsewhere = await stage.login()
    await tap(phone, '#logout-everywhere')
    expect((await stage.send('GET', '/v1/me', { token: elsewhere })).json).toMatchObject({ code: 'session_revoked', reason: 'logout_everywhere' })
    expect(lines(phone, '.event .line-name').map((line) => line.split(/\s+/)[1])).toEqual(['logout', 'login'])
  })

  it('is logged out, and says why, when another device ended all sessions', async () => {
    const { stage, phone } = await openDemo(WITH_CLIENT)
    await stage.post('/v1/logout', { everywhere: true }, await stage.login())
    await tap(phone, '#me')
    expect([phone.text('.status'), phone.text('.problem')]).toEqual(['已退出，不会自动登录', '登录已被结束，请重新登录'])
  })
})

describe('并发 20', () => {
  it('answers 20 requests with one login when the session is not known to the server', async () => {
    const { device, phone } = await openDemo(STORM)
    await tap(phone, '#break')
    const before = countCalls(device, 'login')
    await tap(phone, '#fire')
    expect(lines(phone, '.cell-ok')).toHaveLength(20)
    expect([phone.text('.answered'), phone.text('.logins')]).toEqual(['20 / 20', '1'])
    expect(phone.text('.summary')).toBe('20 个请求都有了回答，只登录了 1 次。')
    expect(Number(phone.text('.resent'))).toBeGreaterThan(0)
    expect(countCalls(device, 'login') - before).toBe(1)
  })

  it('answers 20 requests with one login when the session has really expired', async () => {
    const { stage, device, phone } = await openDemo(STORM)
    await tap(phone, '#fire')
    stage.emulator.clock.advance(8 * DAY_MS)
    const before = countCalls(device, 'login')
    await tap(phone, '#fire')
    expect([phone.text('.answered'), phone.text('.logins')]).toEqual(['20 / 20', '1'])
    expect(countCalls(device, 'login') - before).toBe(1)
  })

  it('logs in no time while the session is good', async () => {
    const { phone } = await openDemo(STORM)
    await tap(phone, '#fire')
    await tap(phone, '#fire')
    expect([phone.text('.answered'), phone.text('.logins'), phone.text('.resent')]).toEqual(['20 / 20', '0', '0'])
  })

  it('leaves the session of the other pages alone', async () => {
    const { phone } = await openDemo(STORM)
    await tap(phone, '#break')
    phone.open(WITH_CLIENT)
    await tap(phone, '#me')
    expect([phone.text('.answer').slice(0, 3), lines(phone, '.event')]).toEqual(['200', []])
  })
})

describe('头像昵称填写', () => {
  async function fillIn(phone: TestPhone, nickname: string): Promise<void> {
    phone.input('#nickname', nickname)
    phone.submit('#form')
    await phone.settle()
  }

  it('saves the nickname that was typed, and offers it again after a restart', async () => {
    const { stage, device, phone } = await openDemo(FILL_IN)
    await fillIn(phone, ' 小红 ')
    expect(phone.text('.saved')).toBe('已保存：小红')
    const { json } = await stage.send('GET', '/v1/me', { token: await stage.login() })
    expect(json.profile).toMatchObject({ nickname: '小红', source: 'user' })
    const again = await open(device.relaunch(), FILL_IN)
    expect(again.data().nickname).toBe('小红')
  })

  it('shows why a nickname is refused', async () => {
    const { phone } = await openDemo(FILL_IN)
    await fillIn(phone, '微信用户')
    expect([phone.text('.problem'), phone.find('.saved')]).toEqual(['昵称或头像不符合要求', undefined])
  })

  it('shows the picture that was chosen', async () => {
    const stage = await openStage()
    const { device } = stage.phone()
    const phone = await open(device, FILL_IN, { openType: (name) => Promise.resolve(name === 'chooseAvatar' ? { avatarUrl: 'http://tmp/avatar.png' } : undefined) })
    await tap(phone, '#choose-avatar')
    expect(phone.find('#choose-avatar')?.querySelector('img')?.getAttribute('src')).toBe('http://tmp/avatar.png')
  })

  it('uploads the picture that was chosen, then saves the nickname; both are there after a restart', async () => {
    const stage = await openStage()
    const { device } = stage.phone()
    const avatarUrl = device.keepFile(Buffer.from(PNG, 'base64'))
    const phone = await open(device, FILL_IN, { openType: (name) => Promise.resolve(name === 'chooseAvatar' ? { avatarUrl } : undefined) })
    await tap(phone, '#choose-avatar')
    await fillIn(phone, '小红')
    expect(phone.text('.saved')).toBe('已保存：小红')
    const again = await open(device.relaunch(), FILL_IN)
    expect(again.data()).toMatchObject({ nickname: '小红', avatarUrl: expect.stringMatching(/^https?:.*\/v1\/avatars\//) as string })
  })

  it('offers no choice of a picture where the base library has none', async () => {
    const { phone } = await openDemo(FILL_IN, REAL)
    expect(phone.find('#choose-avatar')).toBeUndefined()
    await fillIn(phone, '小红')
    expect(phone.text('.saved')).toBe('已保存：小红')
  })

  it('asks somebody who logged out to log in first', async () => {
    const { phone } = await openDemo(WITH_CLIENT)
    await tap(phone, '#logout')
    phone.open(FILL_IN)
    await phone.settle()
    expect(phone.text('.problem')).toBe('尚未登录')
    await tap(phone, '#to-login')
    expect(phone.page()).toBe(WITH_CLIENT)
  })
})
