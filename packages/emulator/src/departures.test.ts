import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { decryptUserData } from './crypto.js'
import type { Device, DeviceOptions } from './device.js'
import { createEmulator } from './emulator.js'
import type { Emulator, EmulatorOptions } from './emulator.js'
import type { WxCallbacks, WxResult } from './wx/callback.js'

// DEPARTURES.md, row by row: each has a test that pins what the emulator does, here or where it is named.

const ROOT = path.join(import.meta.dirname, '../../..')
const PAGE = readFileSync(path.join(ROOT, 'packages/emulator/DEPARTURES.md'), 'utf8')

/** First cells of the rows under a heading. */
function rowsUnder(heading: string): string[] {
  const [, section = ''] = PAGE.split(`## ${heading}\n`)
  const rows = (section.split('\n## ', 1)[0] ?? '').split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
  return rows.slice(1).map((line) => line.slice(2).split(' | ', 1)[0] ?? '')
}

const NOON = 1_800_000_000_000
const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const DOMAIN = 'https://api.demo.test'

async function open(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator({ clock: { now: () => NOON }, ...options })
  onTestFinished(() => emulator.close())
  return emulator
}

const phoneOf = (emulator: Emulator, options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, ...options })

/** A back end that tells what it is asked: the path, and the body it got. */
async function backEnd(answer: (url: string) => { status?: number, headers?: Record<string, string>, hang?: boolean } = () => ({})): Promise<{ address: string, seen: { url: string, body: string, cookie: string | undefined }[] }> {
  const seen: { url: string, body: string, cookie: string | undefined }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { url = '', headers } = request
      seen.push({ url, body: Buffer.concat(chunks).toString(), cookie: headers.cookie })
      const { status = 200, headers: more = {}, hang = false } = answer(url)
      if (!hang) response.writeHead(status, more).end(url)
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

type Outcome = WxResult & Record<string, unknown>
const outcomeOf = (start: (callbacks: Required<WxCallbacks<WxResult>>) => void): Promise<Outcome> =>
  new Promise((resolve) => { start({ success: resolve as () => void, fail: resolve as () => void, complete: () => undefined }) })

async function exchange(emulator: Emulator, code: string): Promise<{ errcode?: number, session_key: string, openid: string }> {
  const query = new URLSearchParams({ appid: USER.appid, secret: emulator.apps[0]?.secret ?? '', js_code: code, grant_type: 'authorization_code' })
  return await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as { errcode?: number, session_key: string, openid: string }
}

/** Asks WeChat's API as a server of the app does, with a fresh access_token. */
async function ask(emulator: Emulator, route: string, query: Record<string, string>, body?: object): Promise<Response> {
  const secret = emulator.apps[0]?.secret ?? ''
  const { access_token: token } = await (await fetch(`${emulator.url}/cgi-bin/token?${new URLSearchParams({ grant_type: 'client_credential', appid: USER.appid, secret })}`)).json() as { access_token: string }
  return fetch(`${emulator.url}${route}?${new URLSearchParams({ access_token: token, ...query })}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
}

const profileOf = (device: Device, desc = '用于显示头像'): Promise<Outcome> =>
  outcomeOf((callbacks) => { device.tap(() => device.wx.getUserProfile?.({ desc, ...callbacks })) })

function opens(key: string, { encryptedData = '', iv = '' }: { encryptedData?: unknown, iv?: unknown }): boolean {
  try {
    return decryptUserData(key, String(iv), String(encryptedData)).includes('"watermark"')
  } catch {
    return false
  }
}

/** Rows whose test stands here. */
const HERE: Readonly<Record<string, () => Promise<void>>> = {
  'A code that was used and is also too old': async () => {
    const emulator = await open()
    const code = emulator.issueCode(USER)
    await exchange(emulator, code)
    const later = async (ms: number) => {
      emulator.clock.advance(ms)
      // What is forgotten is swept out as the next code is issued.
      emulator.issueCode(USER)
      return (await exchange(emulator, code)).errcode
    }
    expect([await later(59 * 60_000), await later(2 * 60_000)]).toEqual([40163, 40029])
  },
  'Is a code used up by 40226 or 45011?': async () => {
    const emulator = await open({ minuteQuota: 1, people: [{ id: 'xiaoming', risk: true }] })
    const blocked = emulator.issueCode(USER)
    expect((await exchange(emulator, blocked)).errcode).toBe(40226)
    emulator.changePerson('xiaoming', { risk: false })
    const first = emulator.issueCode(USER)
    expect((await exchange(emulator, first)).errcode).toBeUndefined()
    expect((await exchange(emulator, blocked)).errcode).toBe(45011)
    emulator.clock.advance(60_000)
    expect((await exchange(emulator, blocked)).errcode).toBeUndefined()
  },
  'getUserProfile when no session_key lives': async () => {
    for (const [sessionKeyPolicy, expected] of [['sticky', true], ['at_code', false], ['at_exchange', false]] as const) {
      const emulator = await open({ apps: [{ appid: USER.appid, sessionKeyPolicy }] })
      const device = phoneOf(emulator, { era: '2021-04' })
      const profile = await profileOf(device)
      expect(profile.errMsg).toBe('getUserProfile:ok')
      const { session_key: key } = await exchange(emulator, (await device.wx.login()).code)
      expect([sessionKeyPolicy, opens(key, { encryptedData: profile['encryptedData'], iv: profile['iv'] })]).toEqual([sessionKeyPolicy, expected])
    }
  },
  'Life of a session_key': async () => {
    const emulator = await open({ apps: [{ appid: USER.appid, sessionKeyPolicy: 'sticky', sessionKeyIdleMs: 60_000 }] })
    const login = async () => (await exchange(emulator, emulator.issueCode(USER))).session_key
    const first = await login()
    emulator.clock.advance(60_000)
    expect(await login()).toBe(first)
    emulator.clock.advance(60_001)
    expect(opens(first, emulator.profileOf(USER))).toBe(false)
    expect(await login()).not.toBe(first)
    const forever = await open({ apps: [{ appid: USER.appid, sessionKeyPolicy: 'sticky' }] })
    const { session_key: key } = await exchange(forever, forever.issueCode(USER))
    forever.clock.advance(365 * 86_400_000)
    expect(opens(key, forever.profileOf(USER))).toBe(true)
  },
  'Content type of the answers': async () => {
    const emulator = await open()
    const types = [await fetch(`${emulator.url}/sns/jscode2session`), await fetch(`${emulator.url}/cgi-bin/token`)].map(({ headers }) => headers.get('content-type'))
    expect(types).toEqual(['text/plain', 'application/json; charset=utf-8'])
  },
  'getUserProfile: which is checked first, desc or tap?': async () => {
    const device = phoneOf(await open(), { era: '2021-04' })
    expect(await outcomeOf((callbacks) => { device.wx.getUserProfile?.({ desc: '', ...callbacks }) })).toMatchObject({ errMsg: 'getUserProfile:fail desc length does not meet the requirements' })
  },
  'What the privacy agreement gates': async () => {
    // An agreement that declares nothing else: what it gates fails, the rest never asks.
    const emulator = await open({ apps: [{ appid: USER.appid, privacy: ['getClipboardData'] }] })
    const asked: string[] = []
    const device = phoneOf(emulator, { answer: ({ api }) => (asked.push(api), 'allow') })
    const undeclared = 'api scope is not declared in the privacy agreement'
    const gated = [
      (await profileOf(device)).errMsg,
      (await outcomeOf((callbacks) => { device.wx.getUserInfo(callbacks) })).errMsg,
      (await device.tapButton('getPhoneNumber'))?.errMsg, (await device.tapButton('getRealtimePhoneNumber'))?.errMsg, (await device.tapButton('getUserInfo'))?.errMsg,
    ]
    expect(gated.map((text) => text?.split(':fail ')[1])).toEqual(Array(5).fill(undeclared))
    expect([(await device.passPrivacy('input.nickname'))?.reason, (await device.passPrivacy('button.chooseAvatar'))?.reason]).toEqual([undeclared, undeclared])
    expect([(await device.wx.login()).errMsg, (await device.wx.authorize({ scope: 'scope.record' })).errMsg, (await device.wx.getSetting()).errMsg]).toEqual(['login:ok', 'authorize:ok', 'getSetting:ok'])
    expect(asked).toEqual(['authorize'])
  },
  'Order of the phone button\'s checks': async () => {
    const emulator = await open({ apps: [{ appid: USER.appid, privacy: 'none', phoneButton: { entitled: false, quota: 0 } }] })
    const device = phoneOf(emulator, { answer: 'deny' })
    const app = emulator.apps[0] ?? expect.fail()
    const tap = async () => (await device.tapButton('getPhoneNumber'))?.errno
    const seen = [await tap()]
    app.privacy = ['button.getPhoneNumber']
    await device.tapButton('agreePrivacyAuthorization', { id: 'agree' })
    seen.push(await tap())
    app.phoneButton = { quota: 0 }
    seen.push(await tap())
    app.phoneButton = {}
    expect([...seen, (await device.tapButton('getPhoneNumber'))?.errMsg]).toEqual([1025, 102, 1400001, 'getPhoneNumber:fail user deny'])
  },
  'Excess requests, uploads, downloads': async () => {
    const { address, seen } = await backEnd(() => ({ hang: true }))
    const emulator = await open()
    const device = phoneOf(emulator, { domains: { [DOMAIN]: address } })
    const ended: string[] = []
    for (let call = 0; call < 11; call++) device.wx.request({ url: `${DOMAIN}/${call}`, timeout: 1000, complete: ({ errMsg }) => ended.push(errMsg) })
    await expect.poll(() => seen.length).toBe(10)
    emulator.clock.advance(1000)
    await expect.poll(() => ended).toEqual(Array(11).fill('request:fail timeout'))
    expect(seen.map(({ url }) => url)).not.toContain('/10')
  },
  'Nested objects and `undefined` in a query': async () => {
    const { address, seen } = await backEnd()
    const device = phoneOf(await open(), { domains: { [DOMAIN]: address } })
    await outcomeOf((callbacks) => { device.wx.request({ url: DOMAIN, data: { list: [1, { two: 2 }], nothing: undefined, none: null }, ...callbacks }) })
    expect(decodeURIComponent(seen[0]?.url ?? '')).toBe('/?list=[1,{"two":2}]&nothing=undefined&none=null')
  },
  'A text as `data` of a GET': async () => {
    const { address, seen } = await backEnd()
    const device = phoneOf(await open(), { domains: { [DOMAIN]: address } })
    await outcomeOf((callbacks) => { device.wx.request({ url: `${DOMAIN}/p?a=1`, data: 'b=%20&c', ...callbacks }) })
    expect(seen[0]?.url).toBe('/p?a=1&b=%20&c')
  },
  'Cookies that a back end sets': async () => {
    const { address, seen } = await backEnd(() => ({ headers: { 'set-cookie': 'sid=1' } }))
    const device = phoneOf(await open(), { domains: { [DOMAIN]: address } })
    const send = () => outcomeOf((callbacks) => { device.wx.request({ url: DOMAIN, ...callbacks }) })
    expect((await send())['cookies']).toEqual(['sid=1'])
    await send()
    expect(seen.map(({ cookie }) => cookie)).toEqual([undefined, undefined])
  },
  '`wx.sendSocketMessage`, `wx.closeSocket`, `wx.onSocket…` with several connections ("unexpected", say the docs)': async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    const heard: string[] = []
    server.on('connection', (socket, { url = '' }) => {
      socket.on('message', (text: Buffer) => heard.push(`${url} ${text.toString()}`))
    })
    await new Promise((resolve) => { server.once('listening', resolve) })
    onTestFinished(() => {
      for (const socket of server.clients) socket.terminate()
      server.close()
    })
    const device = phoneOf(await open(), { era: '2018', baseLibrary: '1.6.9', socketDomains: { 'wss://api.demo.test': `ws://127.0.0.1:${(server.address() as AddressInfo).port}` } })
    let opened = 0
    device.wx.onSocketOpen(() => { opened++ })
    for (const name of ['first', 'second']) {
      device.wx.connectSocket({ url: `wss://api.demo.test/${name}` })
      await expect.poll(() => opened).toBe(name === 'first' ? 1 : 2)
    }
    await outcomeOf((callbacks) => { device.wx.sendSocketMessage({ data: 'x', ...callbacks }) })
    await expect.poll(() => heard).toEqual(['/second x'])
    expect(server.clients.size).toBe(2)
  },
  '`wx.env.USER_DATA_PATH`': async () => {
    expect(phoneOf(await open()).wx.env).toEqual({ USER_DATA_PATH: 'wxfile://usr' })
  },
  'getSetting and openSetting with `withSubscriptions`': async () => {
    const emulator = await open()
    const device = phoneOf(emulator)
    const settingOf = (options: object) => device.wx.getSetting(options)
    expect(await settingOf({ withSubscriptions: true })).toMatchObject({ subscriptionsSetting: { mainSwitch: true } })
    expect(await device.tap(() => device.wx.openSetting({ withSubscriptions: true }))).toMatchObject({ subscriptionsSetting: { mainSwitch: true } })
    expect(await settingOf({})).not.toHaveProperty('subscriptionsSetting')
  },
  'Fetching ahead: texts when there are no data or no token; a token that is too long; the back end\'s time': async () => {
    const { address, seen } = await backEnd(() => ({ hang: true }))
    const emulator = await open()
    const device = phoneOf(emulator)
    expect((await outcomeOf((callbacks) => { device.wx.getBackgroundFetchData({ fetchType: 'pre', ...callbacks }) })).errMsg).toBe('getBackgroundFetchData:fail data not found')
    expect((await outcomeOf((callbacks) => { device.wx.getBackgroundFetchToken(callbacks) })).errMsg).toBe('getBackgroundFetchToken:fail token not found')
    const set = (length: number) => outcomeOf((callbacks) => { device.wx.setBackgroundFetchToken({ token: 't'.repeat(length), ...callbacks }) })
    expect([(await set(1025)).errMsg.includes(':fail parameter error'), (await set(1024)).errMsg]).toEqual([true, 'setBackgroundFetchToken:ok'])
    const report = device.prefetch({ url: address })
    await expect.poll(() => seen.length).toBe(1)
    emulator.clock.advance(60_000)
    expect(await report).toMatchObject({ kept: false, failure: expect.any(String) as string })
  },
  'Objects as values of formData': async () => {
    const { address, seen } = await backEnd()
    const device = phoneOf(await open(), { domains: { [DOMAIN]: address } })
    await outcomeOf((callbacks) => { device.wx.uploadFile({ url: DOMAIN, name: 'file', filePath: device.keepFile(new Uint8Array([1])), formData: { about: { a: [1] } }, ...callbacks }) })
    expect(seen[0]?.body).toContain('name="about"\r\n\r\n{"a":[1]}\r\n')
  },
  Redirects: async () => {
    const { address, seen } = await backEnd((url) => {
      const left = Number(url.slice(1))
      return left > 0 ? { status: 302, headers: { location: `/${left - 1}` } } : url === '/away' ? { status: 302, headers: { location: 'https://elsewhere.test/' } } : {}
    })
    const device = phoneOf(await open(), { domains: { [DOMAIN]: address } })
    const send = (route: string) => outcomeOf((callbacks) => { device.wx.request({ url: `${DOMAIN}${route}`, ...callbacks }) })
    expect([(await send('/5'))['statusCode'], seen.length]).toEqual([200, 6])
    expect([(await send('/6'))['statusCode'], seen.length]).toEqual([302, 12])
    expect(await send('/away')).toMatchObject({ errMsg: 'request:fail url not in domain list' })
  },
  'Size of a stored value': async () => {
    const device = phoneOf(await open())
    device.wx.setStorageSync('key', '微'.repeat(1024))
    const bytes = Buffer.byteLength(JSON.stringify({ type: 'string', data: '微'.repeat(1024) }))
    expect(device.wx.getStorageInfoSync().currentSize).toBe(Math.ceil(bytes / 1024))
  },
  'Exceptions in a callback': async () => {
    const emulator = await open()
    const device = phoneOf(emulator)
    // The test runner's own listeners would take it for an error of the test.
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    try {
      const uncaught = new Promise<Error>((resolve) => { process.once('uncaughtException', resolve) })
      const completed = new Promise<string>((resolve) => {
        device.wx.login({
          success: () => { throw new Error('of the program') },
          complete: ({ errMsg }) => resolve(errMsg),
        })
      })
      expect([await completed, (await uncaught).message]).toEqual(['login:ok', 'of the program'])
    } finally {
      for (const listener of others) process.on('uncaughtException', listener)
    }
    expect((await device.wx.login()).errMsg).toBe('login:ok')
  },
  'Text of 61010 in the content checks': async () => {
    const emulator = await open()
    const { openid } = await exchange(emulator, emulator.issueCode(USER))
    emulator.clock.advance(2 * 3600_000 + 1)
    const answer = await (await ask(emulator, '/wxa/msg_sec_check', {}, { version: 2, scene: 1, openid, content: 'x' })).json() as { errcode: number, errmsg: string }
    expect([answer.errcode, answer.errmsg.replace(/ rid: .*/, '')]).toEqual([61010, 'code is expired'])
  },
  '`openid` in the body of getuserphonenumber': async () => {
    const emulator = await open({ people: [{ id: 'xiaoming', phoneNumber: '13800138000' }] })
    const answer = await ask(emulator, '/wxa/business/getuserphonenumber', {}, { code: emulator.issuePhoneCode(USER), openid: 'oSomebodyElse' })
    expect(await answer.json()).toMatchObject({ errcode: 0, phone_info: { phoneNumber: '13800138000' } })
  },
}

/** Rows that another test pins: its file, and its title. */
type Pins = Readonly<Record<string, readonly [file: string, title: string]>>

const NOT_ESTABLISHED: Pins = {
  'Order of jscode2session\'s parameter checks, codes for missing ones': ['packages/emulator/src/weixin-api/jscode2session.test.ts', 'is %i %s with HTTP 200 and a rid'],
  'Which session_key does an older code give after a newer code was issued? (`at_code`)': ['packages/emulator/src/weixin-api/jscode2session.test.ts', 'is replaced by each code under at_code: the key of the code before is dead when it arrives'],
  'Case of a hex signature': ['packages/emulator/src/weixin-api/access-token.test.ts', 'checksession knows the live key by its signature, in either case, and no other'],
  'Wrong method; unknown path': ['packages/emulator/src/weixin-api/jscode2session.test.ts', 'is 43001 for POST, and 40066 for a path that WeChat does not have'],
  'unionid of a second Open Platform account': ['packages/emulator/src/identity.test.ts', 'one Open Platform account: the same unionid and an openid each; another account: another unionid; not bound: none'],
  'Does the retired getUserProfile still ask?': ['packages/emulator/src/wx/profile.test.ts', 'asks before the placeholder only when told that it does'],
  'Fields of the anonymous getUserInfo': ['packages/emulator/src/wx/profile-ways.test.ts', 'what comes of each way when the person allows everything'],
  'getUserInfo in develop and trial builds before 2021-04, without a grant': ['packages/emulator/src/wx/profile.test.ts', 'is not asked for by develop and trial builds, which fail without a grant'],
  'getUserInfo with credentials and no live session': ['packages/emulator/src/wx/profile.test.ts', 'is refused by getUserInfo with credentials when nobody has logged in'],
  'Do the answers to scopes and to the privacy agreement hold on all phones of a person? (the docs speak of the user)': ['packages/emulator/src/wx/setting.test.ts', 'shares scopes between the phones of a person, and each has a storage and files of its own'],
  'authorize after a refusal': ['packages/emulator/src/wx/setting.test.ts', 'refused once, fails at once until the person changes it in the settings'],
  'An unknown scope': ['packages/emulator/src/wx/setting.test.ts', '%j is none'],
  'Scopes that were given up (`scope.address`, …)': ['packages/emulator/src/wx/setting.test.ts', '%s was given up: everybody has it, whatever the settings say'],
  'openSetting without a tap': ['packages/emulator/src/wx/setting.test.ts', 'needs a tap since 2.3.0'],
  'Nothing declared in the console': ['packages/emulator/src/wx/privacy.test.ts', 'fails what it does not declare with 112, and everything with 1025 when it declares nothing'],
  '`resolve({event: \'agree\'})` whose button was not tapped': ['packages/emulator/src/wx/privacy.test.ts', 'is told who asks, and the call waits until the button was tapped and resolve was called'],
  'A second listener of onNeedPrivacyAuthorization; calls that wait for one that was replaced': ['packages/emulator/src/wx/privacy.test.ts', 'belongs to the last listener; a call that waits is settled by the resolve that it was announced with'],
  'Detail of `agreeprivacyauthorization`': ['packages/emulator/src/wx/privacy.test.ts', 'is told who asks, and the call waits until the button was tapped and resolve was called'],
  'Refused privacy agreement, text of the phone buttons': ['packages/emulator/src/wx/buttons.test.ts', 'fails when %s'],
  'chooseAvatar when the agreement is refused': ['packages/emulator/src/wx/buttons.test.ts', 'fires no event when %s'],
  'encryptedData of getRealtimePhoneNumber': ['packages/emulator/src/wx/buttons.test.ts', 'has no encrypted number when no session_key lives, and none in the realtime variant'],
  'wx.request with a method that WeChat does not know': ['packages/emulator/src/wx/request.test.ts', 'is refused for a method that WeChat does not know, such as PATCH'],
  '`dataType: \'json\'` and a body that is no JSON': ['packages/emulator/src/wx/request.test.ts', 'leaves text as text when it is no JSON, or when no JSON was asked for'],
  'A sixth socket': ['packages/emulator/src/wx/connect-socket.test.ts', 'has five at once: the sixth fails, and stands once another is closed'],
  'Success of connectSocket': ['packages/emulator/src/wx/connect-socket.test.ts', 'tells an error and then the end when the server refuses, or is not there'],
  'errMsg of SocketTask.onError': ['packages/emulator/src/wx/connect-socket.test.ts', 'tells an error and then the end when the server refuses, or is not there'],
  'uploadFile of a path that is not there': ['packages/emulator/src/wx/transfer.test.ts', 'fails on a file that is not there and on a domain of another list'],
  'A download of more than 200 MB': ['packages/emulator/src/wx/transfer.test.ts', 'gives up a download of more than 200 MB'],
  'Life of temporary files': ['packages/emulator/src/wx/transfer.test.ts', 'forgets files with the mini program'],
  'Storage over the limits': ['packages/emulator/src/wx/storage.test.ts', 'refuses more than 10 MB in all, but lets a key be replaced'],
  '`undefined` and functions as data of setStorage': ['packages/emulator/src/wx/storage.test.ts', 'refuses what JSON cannot hold'],
  'An encrypted value read without `encrypt`, or the other way round': ['packages/emulator/src/wx/storage.test.ts', 'encrypts what it is told to encrypt, and gives it back to those alone who say so'],
  'getStorage without data': ['packages/emulator/src/wx/storage.test.ts', 'answers a miss with the empty text, or a failure'],
  'errMsg of a request whose connection was cut, or that has no network': ['packages/emulator/src/wx/request.test.ts', 'is a connection reset when the server hangs up, and the request is not sent again'],
  'What wx.login, checkSession and getUserProfile say with no network': ['packages/emulator/src/wx/network.test.ts', 'offline: what needs a network fails, the rest works'],
  'Going over to another network': ['packages/emulator/src/wx/network.test.ts', 'tells its listeners when the kind of network changes, until they are taken off; a relaunch keeps the network'],
  'Requests, uploads, downloads that begin in the background': ['packages/emulator/src/wx/visibility.test.ts', 'who comes back in time loses nothing; in the background nothing new goes out, in the foreground everything works again'],
  'Options of onAppHide and onAppShow': ['packages/emulator/src/wx/visibility.test.ts', 'tells onAppHide and onAppShow once per change, until they are taken off'],
  'callContainer: prefix of errMsg; value of `X-WX-SOURCE`; an unknown service; `X-WX-*` that the program sends': ['packages/emulator/src/wx/cloud.test.ts', 'callContainer reaches the service, which learns from the gateway alone who calls'],
  'Retries of a push (three tries, 5 s each)': ['packages/emulator/src/push/push.test.ts', 'sends an event three times, each freshly signed and with the same content, when the back end answers no 2xx'],
  'Body of a push in compatible mode': ['packages/emulator/src/push/envelope.test.ts', 'carries the event and its cipher in compatible mode'],
  'Several things revoked at once': ['packages/emulator/src/push/push.test.ts', 'tells a safe back end what was revoked, in a cipher that names the app, with the openid of the user\\\'s logins'],
  '`FromUserName` of `wxa_media_check`; a list in XML': ['packages/emulator/src/push/envelope.test.ts', 'is XML where the app wants XML: texts as CDATA, numbers bare, a list as repeated elements; encrypted in its XML form'],
  'When a day\'s and a minute\'s quota begin': ['packages/emulator/src/weixin-api/limits.test.ts', 'counts a day\\\'s calls per app and path: 45009 from the next one until midnight in China'],
  'Where the IP white list is asked': ['packages/emulator/src/weixin-api/limits.test.ts', 'says 40125 to a wrong secret before it looks at the address'],
  'stable_token refused for a forced refresh too soon': ['packages/emulator/src/weixin-api/access-token.test.ts', 'kills the old token at once when a refresh is forced, at most every 30 s and 20 times a day'],
  'getpaidunionid without any name of a payment': ['packages/emulator/src/weixin-api/user-apis.test.ts', 'is 89300 for no such payment, somebody else\\\'s, and one of more than five minutes ago'],
  'Whose access_token getpluginopenpid takes': ['packages/emulator/src/weixin-api/user-apis.test.ts', 'is 1005 with the token of another app, which leaves the code good; 1001 without a code; 1022 for what is no JSON'],
  'getuserencryptkey before the program asked for a key': ['packages/emulator/src/weixin-api/user-apis.test.ts', 'gives a key of 16 bytes, an iv of 16 characters and an hour\\\'s life, the same until it is dead'],
  'A token that a newer one replaced, after their five minutes together': ['packages/emulator/src/weixin-api/access-token.test.ts', 'gives a new token with each call; the one before works for five more minutes'],
  'Errors of `/sns/component/jscode2session`': ['packages/emulator/src/weixin-api/platforms.test.ts', 'refuses an expired token with 42001, and an app that withdrew with 61003'],
  'Parameters and errors of WeChat Work\'s jscode2session': ['packages/emulator/src/weixin-api/platforms.test.ts', 'takes a code once, within five minutes, and no code of wx.login'],
  'Over what `encrypted_msg_hash` is taken': ['packages/emulator/src/weixin-api/checkencryptedmsg.test.ts', 'takes the hash of the text or of the bytes, in either case of letters, as JSON or as a form'],
  'checkencryptedmsg of data that WeChat never made': ['packages/emulator/src/weixin-api/checkencryptedmsg.test.ts', 'says 1 `data not exit` to data that was never made, of another app, or older than three days; 40097 to what is no hash'],
  'msg_sec_check of an empty or too long content': ['packages/emulator/src/weixin-api/content-check.test.ts', 'refuses with %i: %j'],
  'Does canIUse know getUserProfile?': ['packages/emulator/src/wx/wx.test.ts', 'answers canIUse(%s) at base library %s with %s'],
  '`<web-view>`: events of a page on a domain that is not listed; of an HTTP error; of pages that the person goes to from there': ['test/simulator-web-view.test.ts', 'a domain that is not listed, and a server that does not answer, look as in WeChat; only the second is an error'],
  '`bindnicknamereview`: base library and detail': ['packages/emulator/runtime/phone/tags.test.ts', 'of type nickname offer the person\\\'s nickname and clear one that fails the check'],
  'Wording on iOS, Android, PC and in DevTools': ['packages/emulator/src/wx/wx.test.ts', 'is alive after a login, and dead once the session_key expired or another phone logged in'],
}

/** As HERE, of what differs on purpose. */
const ON_PURPOSE_HERE: Readonly<Record<string, () => Promise<void>>> = {
  'Phone numbers': async () => {
    const emulator = await open({ people: [{ id: 'a' }, { id: 'b', phoneNumber: '13800138000' }] })
    expect(emulator.people.map(({ phoneNumber }) => phoneNumber)).toEqual([expect.stringMatching(/^100\d{8}$/) as string, '13800138000'])
  },
  '`/cgi-bin/*`, `/wxa/*`': async () => {
    const emulator = await open()
    const others = ['/cgi-bin/clear_quota', '/cgi-bin/openapi/quota/get', '/cgi-bin/openapi/rid/get', '/wxa/getwxacode']
    expect(await Promise.all(others.map(async (route) => (await (await ask(emulator, route, {}, {})).json() as { errcode: number }).errcode))).toEqual([40066, 40066, 40066, 40066])
  },
  'API security mode (接口签名与加密)': async () => {
    const answer = await ask(await open(), '/wxa/msg_sec_check', {}, { iv: 'aXY=', data: 'ZGF0YQ==', authtag: 'dGFn' })
    expect([(await answer.json() as { errcode: number }).errcode, answer.headers.has('wechatmp-signature')]).toEqual([47001, false])
  },
}

const ON_PURPOSE: Pins = {
  AppIDs: ['packages/emulator/src/emulator.test.ts', 'refuses real AppIDs'],
  Transport: ['packages/emulator/src/control/control.test.ts', 'answers the Host header %s with %i'],
  'Third-party platforms': ['packages/emulator/src/weixin-api/platforms.test.ts', 'exchanges the code of an app that authorized the platform, for what the app itself would get'],
  'WeChat Work': ['packages/emulator/src/weixin-api/platforms.test.ts', 'gives corpid, userid and session_key for a code of wx.qy.login, and neither openid nor unionid'],
  '`NODE_ENV=production`': ['packages/emulator/src/emulator.test.ts', 'refuses NODE_ENV=production'],
  '`/_emulator/*`': ['packages/emulator/src/control/control.test.ts', 'refuses a request that a web page elsewhere sent'],
  'Starting over': ['packages/emulator/src/start-over.test.ts', 'reset: a seed is not rewound, so that no code of before comes again'],
  Time: ['packages/emulator/src/wx/request.test.ts', 'is a timeout after 60 s by the emulator\\\'s clock, or after the time that was asked for'],
  'API quotas': ['packages/emulator/src/weixin-api/jscode2session.test.ts', 'is 45011 from the 101st exchange of one person in a minute, over all apps, until the next minute'],
  Payments: ['packages/emulator/src/weixin-api/user-apis.test.ts', 'tells the unionid of somebody who just paid, by either name of the payment; later logins tell it too'],
  'Signatures and encryptedData': ['packages/emulator/src/control/control.test.ts', 'hands out a profile that the exchanged session_key opens, without openId'],
  Domains: ['packages/emulator/src/wx/request.test.ts', 'lets unlisted addresses pass when domains are not checked'],
  'Lists of upload, download and socket domains': ['packages/emulator/src/wx/transfer.test.ts', 'refuses a domain of another list'],
  'TLS, HTTP/2, HttpDNS, cache, `profile`, `exception` of wx.request': ['packages/emulator/test/types/conformance.ts', 'no profile (times of the transfer), exception or useHttpDNS: nothing here measures a real network'],
  '`msg_sec_check`, `media_check_async`': ['packages/emulator/src/weixin-api/content-check.test.ts', 'judges %j as %s %i, naming the words that hit'],
  'Message push: address': ['packages/emulator/src/push/push.test.ts', 'looks at the address as the console does: only an echostr that comes back as it stands is good'],
  'Message push: when': ['packages/emulator/src/weixin-api/content-check.test.ts', 'answers a trace_id, and pushes the verdict under it a second later'],
  'Not emulated `wx` functions': ['packages/emulator/src/wx/typings.test.ts', 'every name of the typings is emulated, or fails with a sentence that says it is not'],
  'Types of `wx`': ['packages/emulator/src/wx/typings.test.ts', 'every member of wx fits miniprogram-api-typings, but for the differences that are listed with their reason'],
  'Which functions exist': ['packages/emulator/src/wx/wx.test.ts', 'grows with the base library'],
  'APIs behind scopes (location, record, album, …)': ['packages/emulator/src/wx/typings.test.ts', 'every name of the typings is emulated, or fails with a sentence that says it is not'],
  'Phone buttons': ['packages/emulator/src/wx/buttons.test.ts', 'takes one of its own quota for each success alone'],
  '`wx.cloud`': ['packages/emulator/src/wx/cloud.test.ts', 'a service that is not mapped fails, saying so; without containers there is no wx.cloud'],
  'Going to the background': ['packages/emulator/src/wx/visibility.test.ts', 'tells onAppHide and onAppShow once per change, until they are taken off'],
  'Fetching ahead (数据预拉取, 周期性更新)': ['packages/emulator/src/wx/background-fetch.test.ts', 'replaces the session_key by its code, and checkSession speaks of the new one'],
  'Frequency rule (login, checkSession, getSetting, getUserInfo, getUserProfile ≤ 4 per second and user, ≤ 2 × PV per day)': ['packages/emulator/src/call-frequency.test.ts', 'the fifth of the ruled calls in a second is too many: its code is 45009, and the next second’s is good'],
}

const IN_THE_SIMULATOR: Pins = {
  '`wx` in the page': ['packages/emulator/simulator/server/simulator.test.ts', 'calls the emulator’s wx, with callbacks and at once'],
  '`Date` of the program': ['test/simulator-page.test.ts', 'moves the clock by any amount: page and phone tell the same time'],
  '`<web-view>`': ['test/simulator-web-view.test.ts', 'a domain that is not listed, and a server that does not answer, look as in WeChat; only the second is an error'],
  '`jweixin` in a web page': ['test/simulator-web-view.test.ts', 'lets the page navigate the mini program, and nothing more'],
  '`bindmessage` of `<web-view>`': ['test/simulator-web-view.test.ts', 'shows a listed page over the whole page, asks for it once, and hears what it posted when it goes'],
  'Leaving the mini program': ['packages/emulator/simulator/server/simulator.test.ts', 'sends the mini program to the background and back, also by the phone’s own button'],
  'HAR of the timeline': ['packages/emulator/simulator/page/timeline/har.test.ts', 'is HAR 1.2 and has the HTTP exchanges alone, each with method, address and status'],
  'Permission sheets, avatar picker, nickname bar': ['test/simulator.test.ts', 'fills in avatar and nickname'],
  '`chooseAvatar`': ['test/simulator.test.ts', 'fills in avatar and nickname'],
  'Avatars of people': ['test/simulator-page.test.ts', 'adds a person, changes name and picture, and hands the phone over'],
  '`contact`, `share`, `feedback` and other open-types': ['packages/emulator/runtime/phone/tags.test.ts', 'without a host\\\'s answer takes wx.getUserInfo, refusal included, and says plainly what it lacks'],
  'Errors of the program': ['test/simulator-page.test.ts', 'shows where a program does not compile, and runs it again once it is mended'],
}

it.each([
  ['Not established; what the emulator does', HERE, NOT_ESTABLISHED],
  ['On purpose', ON_PURPOSE_HERE, ON_PURPOSE],
  ['In the simulator', {}, IN_THE_SIMULATOR],
] as const)('each row of "%s" is pinned by a test, and no test pins a row that is gone', (heading, here, elsewhere) => {
  expect([...Object.keys(here), ...Object.keys(elsewhere)].sort()).toEqual(rowsUnder(heading).toSorted())
  expect(Object.values(elsewhere).filter(([file, title]) => !readFileSync(path.join(ROOT, file), 'utf8').includes(title))).toEqual([])
})

it.each([...Object.entries(HERE), ...Object.entries(ON_PURPOSE_HERE)])('%s', async (_, pin) => {
  await pin()
})
