import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEmulator } from './emulator.js'
import type { Emulator, EmulatorOptions } from './emulator.js'
import { parseRule, printRule, readRule } from './fault-rule.js'
import type { FaultRule } from './fault-rule.js'
import type { RequestOptions, RequestResult } from './wx/request.js'

const APP = 'wxemu0123456789abc'
const DOMAIN = 'https://api.demo.test'
const PATH = '/sns/jscode2session'
const PEOPLE = [{ id: 'xiaoming', nickName: '小明' }, { id: 'xiaohong', nickName: '小红' }]

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator({ people: PEOPLE, ...options })
  onTestFinished(() => emulator.close())
  return emulator
}

/** A back end that answers JSON, and what it was asked. */
async function startBackEnd(): Promise<{ address: string, asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => { server.close().closeAllConnections() })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

async function openPhone(person = 'xiaoming', options: EmulatorOptions = {}) {
  const emulator = await start(options)
  const { address, asked } = await startBackEnd()
  const device = emulator.openDevice({ appid: APP, person, domains: { [DOMAIN]: address } })
  const request = (rest: Partial<RequestOptions> = {}): Promise<RequestResult | { errMsg: string }> =>
    new Promise((resolve) => { device.wx.request({ url: `${DOMAIN}/hello`, success: resolve, fail: resolve, ...rest }) })
  return { emulator, device, request, asked }
}

const exchange = ({ url, apps: [app] }: Emulator, code: string) => fetch(`${url}${PATH}?appid=${app?.appid}&secret=${app?.secret}&grant_type=authorization_code&js_code=${code}`)

describe('a rule in one line', () => {
  it.each<[string, FaultRule]>([
    ['/sns/jscode2session errcode=-1 times=3', { where: PATH, errcode: -1, times: 3 }],
    ['/cgi-bin/token html502 always', { where: '/cgi-bin/token', html502: true, times: 'always' }],
    ['wx.login errMsg="system error" errno=600001 probability=0.3 person=xiaoming', { where: 'wx.login', errMsg: 'system error', errno: 600001, probability: 0.3, person: 'xiaoming' }],
    ['wx.request body="{\\"a\\": 1}" status=500', { where: 'wx.request', status: 500, body: '{"a": 1}' }],
    ['storage errMsg="Failed To Send Sync" appid=wxemu0123456789abc', { where: 'storage', errMsg: 'Failed To Send Sync', appid: APP }],
  ])('%s is read, printed and read again alike', (line, rule) => {
    expect(parseRule(line)).toEqual(rule)
    expect(parseRule(printRule(rule))).toEqual(rule)
  })

  it.each([
    ['', /"where" must be/], ['jscode2session drop', /"where" must be/], ['wx.login', /does not say what goes wrong/], ['/x truncate=1', /"truncate" must be true or false/],
    ['wx.login errCode=1', /there is no "errCode"/], ['wx.login errcode=1', /"errcode" makes no sense at wx\.login/], ['wx.getSetting emptyCode', /"emptyCode" makes no sense/],
    ['/x drop person=xiaoming', /"person" makes no sense/], ['/x drop probability=0', /"probability" must be more than 0/], ['/x drop times=no', /"times" must be 1 or more/], ['storage errMsg="\\q"', /no quoted text/],
  ])('refuses %j', (line, problem) => {
    expect(() => parseRule(line)).toThrow(problem)
  })

  it('takes "path" for a path', () => {
    expect(readRule({ path: '/x', drop: true })).toEqual({ where: '/x', drop: true })
  })
})

describe('what WeChat’s server answers wrongly', () => {
  it('half of the answer, as a whole: no JSON, and the code is used up', async () => {
    const emulator = await start()
    const code = emulator.issueCode({ appid: APP, person: 'xiaoming' })
    emulator.fault({ where: PATH, truncate: true })
    const text = await (await exchange(emulator, code)).text()
    expect(text).toMatch(/^\{"/)
    expect(() => { JSON.parse(text) }).toThrow()
    expect(await (await exchange(emulator, code)).json()).toMatchObject({ errcode: 40163 })
  })

  it('unreadable bytes of the same length', async () => {
    const emulator = await start()
    emulator.fault({ where: PATH, garble: true })
    const code = emulator.issueCode({ appid: APP, person: 'xiaoming' })
    const bytes = Buffer.from(await (await exchange(emulator, code)).arrayBuffer())
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError)
  })

  it('an HTML page with 502, before any work is done', async () => {
    const emulator = await start()
    const code = emulator.issueCode({ appid: APP, person: 'xiaoming' })
    emulator.fault({ where: PATH, html502: true })
    const answer = await exchange(emulator, code)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([502, 'text/html', expect.stringContaining('<h1>502 Bad Gateway</h1>')])
    expect(await (await exchange(emulator, code)).json()).toHaveProperty('openid')
  })

  it('late: once the emulator’s clock has gone so far', async () => {
    const emulator = await start()
    emulator.fault({ where: PATH, delayMs: 3_600_000 })
    const answer = exchange(emulator, 'x')
    await expect.poll(() => emulator.faults.list()).toEqual([])
    emulator.clock.advance(3_600_000)
    expect(await (await answer).json()).toMatchObject({ errcode: 40029 })
  })

  it('only to one mini program', async () => {
    const emulator = await start({ apps: [{ appid: APP }, { appid: 'wxemu0123456789abd' }] })
    emulator.fault({ where: PATH, errcode: -1, times: 'always', appid: 'wxemu0123456789abd' })
    const errcodeOf = async (appid: string) => ((await (await fetch(`${emulator.url}${PATH}?appid=${appid}&secret=x&grant_type=authorization_code&js_code=x`)).json()) as { errcode: number }).errcode
    expect([await errcodeOf(APP), await errcodeOf('wxemu0123456789abd')]).toEqual([40125, -1])
  })
})

describe('what a phone does wrongly', () => {
  it('wx.request: reset before the server hears of it, or after', async () => {
    const { emulator, request, asked } = await openPhone()
    emulator.fault({ where: 'wx.request', drop: true })
    emulator.fault({ where: 'wx.request', drop: true, after: true })
    const reset = { errMsg: 'request:fail -101:net::ERR_CONNECTION_RESET' }
    expect([await request(), asked.length]).toMatchObject([reset, 0])
    expect([await request(), asked.length]).toMatchObject([reset, 1])
    expect(await request()).toMatchObject({ data: { hello: 'world' } })
  })

  it('wx.request: a 502 page, another text, half an answer, garbled', async () => {
    const { device, request } = await openPhone()
    device.fault({ where: 'wx.request', html502: true })
    device.fault({ where: 'wx.request', body: '{"error":1}', status: 500 })
    device.fault({ where: 'wx.request', truncate: true })
    device.fault({ where: 'wx.request', garble: true })
    expect(await request()).toMatchObject({ statusCode: 502, data: expect.stringContaining('Bad Gateway') as string, header: { 'Content-Type': 'text/html' } })
    expect(await request()).toMatchObject({ statusCode: 500, data: { error: 1 } })
    expect(await request()).toMatchObject({ statusCode: 200, data: '{"hello"' })
    expect(await request()).toMatchObject({ statusCode: 200, data: expect.stringContaining('\uFFFD') as string })
  })

  it('wx.downloadFile: as a request', async () => {
    const { device, asked } = await openPhone()
    device.fault({ where: 'wx.downloadFile', html502: true })
    device.fault({ where: 'wx.downloadFile', drop: true })
    const download = () => new Promise<object>((resolve) => { device.wx.downloadFile({ url: `${DOMAIN}/file`, success: resolve, fail: resolve }) })
    expect([await download(), await download(), asked]).toMatchObject([{ statusCode: 502 }, { errMsg: 'downloadFile:fail -101:net::ERR_CONNECTION_RESET' }, []])
    expect([await download(), asked]).toMatchObject([{ statusCode: 200 }, ['/file']])
  })

  it('an aborted call does not answer any more, whatever the fault', async () => {
    const { device } = await openPhone()
    device.fault({ where: 'wx.request', html502: true })
    const answers: string[] = []
    await new Promise<void>((resolve) => {
      device.wx.request({ url: `${DOMAIN}/hello`, success: () => answers.push('success'), fail: ({ errMsg }) => answers.push(errMsg), complete: () => resolve() }).abort()
    })
    expect(answers).toEqual(['request:fail abort'])
  })

  it('a late answer runs into the timeout of the call', async () => {
    const { emulator, device } = await openPhone()
    device.fault({ where: 'wx.login', delayMs: 60_000 })
    const late = device.wx.login({ timeout: 1000 })
    emulator.clock.advance(1000)
    await expect(late).rejects.toMatchObject({ errMsg: 'login:fail timeout' })
  })

  it('is of one person alone when the rule names one', async () => {
    const { emulator, device } = await openPhone()
    const other = emulator.openDevice({ appid: APP, person: 'xiaohong' })
    emulator.fault({ where: 'wx.login', errMsg: 'system error', times: 'always', person: 'xiaohong' })
    await expect(other.wx.login()).rejects.toEqual({ errMsg: 'login:fail system error' })
    expect((await device.wx.login()).errMsg).toBe('login:ok')
  })

  it('storage: writes fail, as often as the rule says', async () => {
    const { emulator, device } = await openPhone()
    emulator.fault({ where: 'storage', times: 2 })
    expect(() => device.wx.setStorageSync('a', 1)).toThrow('setStorageSync:fail Failed To Send Sync')
    await expect(device.wx.removeStorage({ key: 'a' })).rejects.toEqual({ errMsg: 'removeStorage:fail Failed To Send Sync' })
    device.wx.setStorageSync('a', 1)
    expect(device.wx.getStorageSync('a')).toBe(1)
  })
})

describe('how often', () => {
  it('by chance: the same seed, the same calls', async () => {
    const draw = async (seed: string): Promise<string> => {
      const emulator = await start({ seed })
      const device = emulator.openDevice({ appid: APP, person: 'xiaoming' })
      emulator.fault({ where: 'wx.getSetting', errMsg: 'busy', probability: 0.5 })
      const fates: string[] = []
      for (let i = 0; i < 24; i++) fates.push(await device.wx.getSetting().then(() => '.', () => 'x'))
      return fates.join('')
    }
    const first = await draw('a')
    expect(first).toMatch(/x.*\..*x/)
    expect([await draw('a'), await draw('b')]).toEqual([first, expect.not.stringMatching(first)])
  })

  it('is counted, listed, told, and ended one by one', async () => {
    const { emulator, device } = await openPhone()
    let told = 0
    emulator.faults.subscribe(() => { told++ })
    emulator.fault({ where: 'wx.login', errMsg: 'busy', times: 3 })
    const undo = emulator.fault({ where: 'storage', times: 'always' })
    await expect(device.wx.login()).rejects.toBeDefined()
    expect(emulator.faults.list()).toMatchObject([{ id: 1, hits: 1, left: 2 }, { id: 2, hits: 0, left: 'always' }])
    undo()
    expect([emulator.faults.end(1), emulator.faults.end(1), emulator.faults.list()]).toEqual([true, false, []])
    expect(told).toBe(5)
  })
})
