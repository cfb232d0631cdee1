import { request as httpRequest } from 'node:http'
import { expect, it } from 'vitest'
import { openRelay, refuse } from './relay.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const FRESH = 'e'.repeat(32)

/** The app's real AppSecret and one that WeChat does not take. */
function secretsOf(stage: Stage): { appid: string, good: string } {
  const [app] = stage.emulator.apps
  return { appid: app!.appid, good: app!.secret }
}

function exchanges(stage: Stage): number {
  return stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes('jscode2session')).length
}

it('F30: logs in through a rotation whichever of the two secrets WeChat takes, asks twice once only, and says so in the log', async () => {
  const stage = await openStage()
  const { appid, good } = secretsOf(stage)
  await stage.restart({ apps: [{ appid, secret: FRESH, previousSecret: good }] })
  stage.emulator.traffic.clear()
  for (let i = 0; i < 5; i++) await stage.login()
  expect(exchanges(stage)).toBe(6)
  expect(stage.logs.filter((line) => line.includes('"event":"app_secret"'))).toHaveLength(1)
  expect(await stage.auth.wechat.call(appid, '/cgi-bin/stable_token').catch((error: { wechat: { errcode: number } }) => error.wechat.errcode)).toBe(43002)
})

it('F30: notices that WeChat has turned to the new secret', async () => {
  const stage = await openStage()
  const { appid, good } = secretsOf(stage)
  let taken = FRESH
  const relay = await openRelay(() => stage.emulator.url, (url, response, request) => {
    if (url.searchParams.get('secret') !== taken) return refuse(response, 40125)
    url.searchParams.set('secret', good)
    request.pipe(httpRequest(stage.emulator.url + url.pathname + url.search, (answer) => void answer.pipe(response)))
    return true
  })
  await stage.restart({ apps: [{ appid, secret: 'd'.repeat(32), previousSecret: FRESH }], wechat: { baseURL: relay.url } })
  await stage.login()
  taken = 'd'.repeat(32)
  await stage.login()
  await stage.login()
  expect(relay.requests.map((request) => /secret=(\w)/.exec(request)![1])).toEqual(['d', 'e', 'e', 'd', 'd'])
})

it('F30: loses one code and no more when WeChat consumes it before it looks at the secret', async () => {
  const stage = await openStage()
  const { appid, good } = secretsOf(stage)
  const consumed = new Set<string>()
  const relay = await openRelay(() => stage.emulator.url, (url, response) => {
    const code = url.searchParams.get('js_code') ?? ''
    if (consumed.has(code)) return refuse(response, 40163)
    consumed.add(code)
    return url.searchParams.get('secret') !== good && refuse(response, 40125)
  })
  await stage.restart({ apps: [{ appid, secret: FRESH, previousSecret: good }], wechat: { baseURL: relay.url } })
  expect((await stage.post('/v1/login', { appid, code: stage.code() })).json).toMatchObject({ code: 'wx_code_used', action: 'relogin' })
  for (let i = 0; i < 3; i++) await stage.login()
})

it('F30, F06: fails closed when WeChat takes neither secret; /readyz calls it a fault of the configuration, and forgets it when it is gone', async () => {
  const stage = await openStage()
  const { appid, good } = secretsOf(stage)
  let isRefused = true
  const relay = await openRelay(() => stage.emulator.url, (_url, response) => isRefused && refuse(response, 40125))
  await stage.restart({ apps: [{ appid, secret: good, previousSecret: FRESH }], wechat: { baseURL: relay.url } })
  expect((await stage.send('GET', '/readyz')).json).toEqual({ status: 'ready' })
  expect((await stage.post('/v1/login', { appid, code: stage.code() })).json).toMatchObject({ status: 502, code: 'wx_config_error', wx_errcode: 40125 })
  const faulty = await stage.send('GET', '/readyz')
  expect([faulty.status, faulty.json]).toEqual([200, { status: 'degraded', wechat: [{ appid, api: '/sns/jscode2session', code: 'wx_config_error', wx_errcode: 40125 }] }])
  expect(stage.logs.filter((line) => line.includes('"event":"wechat_config_fault"'))).toHaveLength(1)
  isRefused = false
  await stage.login()
  expect((await stage.send('GET', '/readyz')).json).toEqual({ status: 'ready' })
})

it.each([40013, 40125, 40164])('F06: errcode %i of WeChat is a fault of the configuration in /readyz, apart from an outage', async (errcode) => {
  const stage = await openStage()
  stage.emulator.fault({ path: '/sns/jscode2session', errcode, times: 1 })
  await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect((await stage.send('GET', '/readyz')).json.wechat).toEqual([{ appid: stage.appid, api: '/sns/jscode2session', code: 'wx_config_error', wx_errcode: errcode }])
})

it('F02: /readyz calls an outage an outage', async () => {
  const stage = await openStage()
  stage.emulator.fault({ path: '/sns/jscode2session', drop: true, times: 5 })
  for (let i = 0; i < 5; i++) await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  const { status, json } = await stage.send('GET', '/readyz')
  expect([status, json]).toEqual([200, { status: 'degraded', wechat: [{ appid: stage.appid, api: '/sns/jscode2session', code: 'wx_unavailable' }] }])
})

it('T50: refuses a previous secret that is too short or the same, and repeats neither', async () => {
  const stage = await openStage()
  const { appid, good } = secretsOf(stage)
  for (const previousSecret of ['hunter2', good]) {
    const error = await stage.another({ apps: [{ appid, secret: good, previousSecret }] }).catch((thrown: unknown) => String(thrown))
    expect(error).toContain('"apps[0].previousSecret"')
    expect(error).not.toContain(previousSecret)
  }
})
