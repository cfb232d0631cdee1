import { readFileSync } from 'node:fs'
import type { TestPhone } from '@tongxing/emulator/runtime'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { lines, open, openDemo, openDemoStage } from './demo-phone.js'
import { tap } from './program.js'
import { countCalls, DOMAIN } from './stage.js'

/** getUserProfile still gives real data, and the phone button gives no code yet. */
const REAL = { era: '2021-04' } as const

const pageOf = (name: string): string => `pages/${name}/${name}`
const journal = (phone: TestPhone): string[] => lines(phone, '.journal-line').map((line) => line.replace(/ \d+ ms$/, '').trim())

/** Waits for what comes by itself: a message, a reconnect. */
async function shows(phone: TestPhone, selector: string, text: RegExp): Promise<void> {
  await expect.poll(async () => {
    await phone.settle()
    return phone.text(selector)
  }, { timeout: 10_000, interval: 20 }).toMatch(text)
}

it('首页 lists every page of the program but the one for web pages, and leads to each', async () => {
  const { phone } = await openDemo(pageOf('index'))
  const ids = phone.findAll('.entry').map(({ id }) => id.replace(/^.*--to-/, ''))
  const { pages } = JSON.parse(readFileSync(new URL('../examples/miniprogram/app.json', import.meta.url), 'utf8')) as { pages: string[] }
  expect(['index', 'web', ...ids].map(pageOf).sort()).toEqual([...pages].sort())
  for (const id of ids) {
    phone.open(pageOf('index'))
    await tap(phone, `#to-${id}`)
    expect(phone.page()).toBe(pageOf(id))
  }
})

describe('登录与会话', () => {
  it('renews by one login; the session before stays in the list until it expires', async () => {
    const { device, phone } = await openDemo(pageOf('sessions'))
    expect(lines(phone, '.device-name')).toEqual(['演示小程序本机'])
    await tap(phone, '#renew')
    expect(phone.text('.result')).toMatch(/^已换新的会话，\d\d-\d\d \d\d:\d\d 到期$/)
    expect(lines(phone, '.device-name').sort()).toEqual(['演示小程序', '演示小程序本机'])
    expect(countCalls(device, 'login')).toBe(2)
  })

  it('stays signed out over a restart without any wx.login, until 登录', async () => {
    const { device, phone } = await openDemo(pageOf('sessions'))
    await tap(phone, '#logout')
    await tap(phone, '#ask')
    expect(phone.text('.error-code')).toBe('SIGNED_OUT')
    const relaunched = device.relaunch()
    const again = await open(relaunched, pageOf('sessions'))
    await tap(again, '#ask')
    expect([again.text('.error-code'), countCalls(relaunched, 'login')]).toEqual(['SIGNED_OUT', 0])
    await tap(again, '#login')
    expect(again.text('.status')).toBe('已登录')
  })

  it('ends the session of another device, which does not come back silently', async () => {
    const { device, phone } = await openDemo(pageOf('sessions'))
    await tap(phone, '#elsewhere')
    expect(lines(phone, '.device-name').sort()).toEqual(['另一台设备', '演示小程序本机'])
    await tap(phone, '#ask-elsewhere')
    expect(phone.text('.result')).toBe('另一台设备仍然登录着')
    await tap(phone, '.end')
    expect(lines(phone, '.device-name')).toEqual(['演示小程序本机'])
    const logins = countCalls(device, 'login')
    await tap(phone, '#ask-elsewhere')
    expect([phone.text('.error-code'), countCalls(device, 'login')]).toEqual(['SESSION_REJECTED', logins])
  })
})

describe('请求', () => {
  it('reads and writes as the user who is logged in, and nobody else', async () => {
    const { stage, phone } = await openDemo(pageOf('requests'))
    await tap(phone, '#get')
    expect(phone.text('.result')).toBe('还没有留言')
    await tap(phone, '#post')
    await tap(phone, '#get')
    expect(phone.text('.result')).toBe('留言：你好')
    expect((await stage.send('GET', '/demo/notes', { token: await stage.login() })).json).toEqual({ notes: ['你好'] })
    const { id } = stage.emulator.addPerson({ nickName: '小红' })
    expect((await stage.send('GET', '/demo/notes', { token: await stage.login(id) })).json).toEqual({ notes: [] })
  })

  it('aborts a request that takes too long', async () => {
    const { stage, phone } = await openDemo(pageOf('requests'))
    phone.tap('#slow')
    await expect.poll(() => stage.emulator.traffic.list().some(({ name }) => name.includes('/demo/slow'))).toBe(true)
    await tap(phone, '#abort')
    expect([phone.text('.problem'), phone.text('.error-code')]).toEqual(['已取消', 'ABORTED'])
  })

  it('signs by auth: always, when there is a session, never', async () => {
    const { phone } = await openDemo(pageOf('requests'))
    await tap(phone, '#required')
    expect(phone.text('.result')).toMatch(/^auth: required，服务端看到用户 u_/)
    await tap(phone, '#optional')
    expect(phone.text('.result')).toMatch(/^auth: optional，服务端看到用户 u_/)
    await tap(phone, '#none')
    expect(phone.text('.result')).toBe('auth: none，服务端看到一位访客')
  })

  it('recovers another library’s request without a login: an old token was refused', async () => {
    const { device, phone } = await openDemo(pageOf('requests'))
    await tap(phone, '#recover')
    expect([phone.text('.result'), countCalls(device, 'login')]).toEqual(['旧令牌 401，recover 之后 200', 1])
  })
})

describe('头像昵称', () => {
  it('shows what getUserProfile gives in the tap, verified by the server', async () => {
    const { phone } = await openDemo(pageOf('profile'), REAL)
    await tap(phone, '#from-tap')
    expect([phone.text('.nickname'), phone.text('.result')]).toEqual(['小明', '服务端已验签并保存：小明'])
  })

  it('takes the event of the legacy button where it gives real data', async () => {
    const { phone } = await openDemo(pageOf('profile'), { era: '2018' })
    expect(phone.find('#from-tap')).toBeUndefined()
    await tap(phone, '#from-button')
    expect([phone.text('.nickname'), phone.text('.result')]).toEqual(['小明', '服务端已验签并保存：小明'])
  })

  it.each(['#from-tap', '#from-button'])('recognises today’s placeholder from %s, sends nothing, and leads to the fill-in', async (button) => {
    const { phone } = await openDemo(pageOf('profile'))
    await tap(phone, button)
    expect([phone.text('.nickname'), phone.text('.placeholder')]).toEqual(['还没有昵称', expect.stringContaining('微信用户')])
    expect(journal(phone).filter((line) => line.includes('/v1/me/profile'))).toEqual([])
    await tap(phone, '#to-fill-in')
    expect(phone.page()).toBe(pageOf('fill-in'))
  })
})

describe('手机号', () => {
  it.each([['today', 'code（今天）'], ['2021-04', 'encryptedData（旧版本）']] as const)('shows the masked number in era %s, by %s', async (era, way) => {
    const { phone } = await openDemo(pageOf('phone'), { era })
    await tap(phone, '#get-phone')
    expect([phone.text('.masked'), phone.text('.way')]).toEqual([expect.stringMatching(/^\d+\*+\d+$/), way])
  })

  it('tells a refusal and a used-up quota apart', async () => {
    const { stage, device, phone } = await openDemo(pageOf('phone'))
    device.answer = { getPhoneNumber: 'deny' }
    await tap(phone, '#get-phone')
    expect([phone.text('.error-code'), phone.text('.masked')]).toEqual(['USER_DENIED', '还没有'])
    stage.emulator.fault({ where: 'wx.getPhoneNumber', errMsg: 'quota used up', errno: 1400001 })
    await tap(phone, '#get-phone')
    expect(phone.text('.error-code')).toBe('PHONE_QUOTA')
  })
})

describe('权限', () => {
  it('asks once; a refusal leads by an explanation to the settings, and settles on cancel too', async () => {
    const { device, phone } = await openDemo(pageOf('scopes'))
    await tap(phone, '#ask-record')
    expect([phone.text('.result'), phone.text('#state-record')]).toEqual(['可以使用「录音」了', '已允许'])
    device.answer = 'deny'
    await tap(phone, '#ask-location')
    expect([phone.text('.error-code'), phone.text('#state-location')]).toEqual(['SCOPE_DENIED', '已拒绝'])
    await tap(phone, '#ask-location')
    expect(phone.text('.phone-modal-content')).toBe('用于查找附近的门店')
    await tap(phone, '.phone-modal-cancel')
    expect(phone.text('.error-code')).toBe('SCOPE_DENIED')
    device.settings = { 'scope.userLocation': true }
    await tap(phone, '#ask-location')
    await tap(phone, '.phone-modal-confirm')
    expect([phone.text('.result'), phone.text('#state-location')]).toEqual(['可以使用「位置」了', '已允许'])
  })
})

describe('隐私协议', () => {
  it.each([['#agree', '可以用了'], ['#disagree', '被拒绝']])('shows one popup for three calls; %s settles all of them: %s', async (button, state) => {
    const { phone } = await openDemo(pageOf('privacy'))
    expect(phone.text('.needed')).toContain('还没有同意')
    await phone.settle()
    phone.tap('#three')
    await expect.poll(() => phone.findAll('.popup').length).toBe(1)
    expect(lines(phone, '.call-state')).toEqual(['等待同意', '等待同意', '等待同意'])
    await tap(phone, button)
    expect(lines(phone, '.call-state')).toEqual([state, state, state])
    expect([phone.text('.result'), phone.find('.popup')]).toEqual(['3 个调用都有了结果，弹窗出现了 1 次', undefined])
  })

  it('brings its popup to a page that needs consent, and back', async () => {
    const { phone } = await openDemo(pageOf('privacy'))
    phone.open(pageOf('phone'))
    await phone.settle()
    phone.tap('#get-phone')
    await expect.poll(() => phone.findAll('.popup').length).toBe(1)
    expect([phone.page(), phone.text('.popup-text')]).toEqual([pageOf('privacy'), expect.stringContaining('button.getPhoneNumber')])
    await tap(phone, '#agree')
    expect([phone.page(), phone.text('.masked')]).toEqual([pageOf('phone'), expect.stringMatching(/\*/)])
  })

  it('refuses when its page is left with the popup open', async () => {
    const { phone } = await openDemo(pageOf('privacy'))
    phone.open(pageOf('phone'))
    await phone.settle()
    phone.tap('#get-phone')
    await expect.poll(() => phone.findAll('.popup').length).toBe(1)
    await tap(phone, '.phone-back')
    expect([phone.page(), phone.text('.error-code')]).toEqual([pageOf('phone'), 'PRIVACY_DENIED'])
  })

  it('asks nothing where the base library knows no agreement', async () => {
    const { phone } = await openDemo(pageOf('privacy'), REAL)
    await tap(phone, '#three')
    expect([phone.text('.needed'), phone.text('.result')]).toEqual(['这个基础库不需要同意', '3 个调用都有了结果，弹窗出现了 0 次'])
  })
})

describe('加密数据', () => {
  it('asks wx.checkSession once, and logs in first when WeChat’s session is over', async () => {
    const { stage, device, phone } = await openDemo(pageOf('sensitive'))
    await tap(phone, '#three')
    expect([phone.text('.result'), countCalls(device, 'checkSession'), countCalls(device, 'login')]).toEqual(['三件事都做完了，wx.checkSession 最多问一次', 1, 1])
    stage.emulator.expireSession({ appid: stage.appid, person: stage.person })
    const again = await open(device.relaunch(), pageOf('sensitive'))
    await tap(again, '#send')
    expect(again.text('.result')).toMatch(/^服务端打开了加密数据，认出 u_/)
    expect(journal(again)).toEqual(expect.arrayContaining([expect.stringMatching(/^wx\.checkSession → checkSession:fail/), expect.stringMatching(/^event login: u_/)]))
  })
})

describe('上传和下载', () => {
  it('downloads, uploads what it has, and is logged in again unasked in between', async () => {
    const { stage, device, phone } = await openDemo(pageOf('files'))
    await tap(phone, '#download')
    expect(phone.find('.picture-image')?.querySelector('img')?.getAttribute('src')).toMatch(/^wxfile:/)
    stage.emulator.clock.advance(8 * 86_400_000)
    await tap(phone, '#upload')
    expect(phone.text('.result')).toMatch(/^服务端收到 image\/png，\d{4,} 字节$/)
    expect(countCalls(device, 'login')).toBe(2)
  })

  it('shows why the server takes no other file', async () => {
    const stage = await openDemoStage()
    const { device } = stage.phone()
    const avatarUrl = device.keepFile(Buffer.from('<svg/>'), 'image/svg+xml')
    const phone = await open(device, pageOf('files'), { openType: () => Promise.resolve({ avatarUrl }) })
    await tap(phone, '#choose')
    await tap(phone, '#upload')
    expect([phone.text('.problem'), phone.text('.error-code')]).toEqual(['只收 PNG 和 JPEG 图片', 'HTTP 415'])
  })
})

describe('实时连接', () => {
  it('is known to the server, and comes back with the signature of the new session', async () => {
    const { phone } = await openDemo(pageOf('live'))
    phone.tap('#connect')
    await shows(phone, '.message', /^服务端：认出会话 /)
    phone.tap('#send')
    await expect.poll(() => lines(phone, '.message')).toContain('服务端：你好')
    phone.tap('#drop')
    await expect.poll(() => lines(phone, '.message').filter((line) => line.includes('认出会话')).length, { timeout: 10_000 }).toBe(2)
    const [first, second] = lines(phone, '.message').filter((line) => line.includes('认出会话'))
    expect(second).not.toBe(first)
    await tap(phone, '#close')
    expect(phone.text('.state')).toBe('没有连接')
  })

  it('ends with the session: another device ended it, and the next message is refused', async () => {
    const { stage, phone } = await openDemo(pageOf('live'))
    phone.tap('#connect')
    await shows(phone, '.message', /^服务端：认出会话 /)
    await stage.post('/v1/logout', { everywhere: true }, await stage.login())
    phone.tap('#send')
    await shows(phone, '.error-code', /SESSION_REJECTED|SIGNED_OUT/)
    expect(phone.text('.state')).toBe('没有连接')
  })

  it('refuses a handshake without a session, and every other address', async () => {
    const stage = await openDemoStage()
    const statusOf = (path: string, token: string): Promise<number | undefined> => new Promise((resolve) => {
      const socket = new WebSocket(stage.url.replace('http', 'ws') + path, { headers: { authorization: `Bearer ${token}` } })
      socket.on('error', () => undefined)
      socket.on('unexpected-response', (_, { statusCode }) => { resolve(statusCode) })
    })
    expect([await statusOf('/demo/live', 'txs_forged'), await statusOf('/demo/other', await stage.login())]).toEqual([401, 404])
  })
})

describe('网页登录', () => {
  it('hands over by a ticket that works once', async () => {
    const { stage, phone } = await openDemo(pageOf('ticket'))
    await tap(phone, '#issue')
    expect(phone.text('.address')).toMatch(/^https:\/\/api\.demo\.test\/demo\/h5\?ticket=txt_\S{4}…$/)
    await tap(phone, '#open')
    const { src } = phone.data() as { src: string }
    expect([phone.page(), src]).toEqual(['pages/web/web', expect.stringMatching(/^https:\/\/api\.demo\.test\/demo\/h5\?ticket=txt_/)])
    const { json: { uid } } = await stage.send('GET', '/v1/me', { token: await stage.login() })
    // What a browser would do: there is none here.
    const visit = () => fetch(src.replace(DOMAIN, stage.url))
    expect(await (await visit()).text()).toContain(`<code id="uid">${String(uid)}</code>`)
    const again = await visit()
    expect([again.status, await again.text()]).toEqual([410, expect.stringMatching(/网页不知道您是谁.*链接已失效/s)])
  })

  it('gives no ticket to a host that is not listed', async () => {
    const { phone } = await openDemo(pageOf('ticket'))
    await tap(phone, '.journal-clear')
    await tap(phone, '#refuse')
    expect([phone.text('.error-code'), journal(phone)]).toEqual(['TypeError', []])
  })
})

describe('错误与调试', () => {
  it.each([['#timeout', 'TIMEOUT', '等待太久，没有响应'], ['#elsewhere', 'NETWORK', '无法访问这个域名'], ['#refuse', 'USER_DENIED', '您没有同意']])('%s ends as %s: %s', async (button, code, title) => {
    const { phone } = await openDemo(pageOf('errors'))
    phone.tap(button)
    await shows(phone, '.problem', new RegExp(title))
    expect(phone.text('.error-code')).toBe(code)
  })

  it('has words for every code in both languages', async () => {
    const { phone } = await openDemo(pageOf('errors'))
    expect(lines(phone, '.error-title')).toHaveLength(16)
    expect(new Set(lines(phone, '.error-title')).size).toBe(16)
    await tap(phone, '#language')
    for (const title of lines(phone, '.error-title')) expect(title).toMatch(/^[\x20-\x7e]+$/)
  })

  it('writes one readable line a step, without a token, a code or a query', async () => {
    const { phone } = await openDemo(pageOf('errors'))
    await tap(phone, '.journal-clear')
    phone.tap('#timeout')
    await shows(phone, '.error-code', /TIMEOUT/)
    expect(journal(phone)).toEqual(['GET /demo/slow → request:fail timeout'])
  })
})

it('no page shows a token, whatever was done on it', async () => {
  const { phone } = await openDemo(pageOf('sessions'))
  await tap(phone, '#renew')
  expect(journal(phone).some((line) => line.startsWith('POST /v1/login → 200'))).toBe(true)
  expect(phone.html()).not.toMatch(/txs_[\w-]{8}/)
})
