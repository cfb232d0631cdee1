// wafer2-client-sdk: a mini program's SDK, on the emulator's wx.
import { createRequire } from 'node:module'
import { randomUUID } from 'node:crypto'
import { DOMAIN, exchange, openEmulator, openServer, outcome } from './stage.mjs'

const require = createRequire(import.meta.url)
const PARALLEL = 20
const SESSION_KEY = 'weapp_session_' + require('wafer2-client-sdk/lib/constants').WX_SESSION_MAGIC_ID

export async function run() {
  const stage = await openEmulator()
  const backEnd = await openBackEnd(stage)
  const device = stage.emulator.openDevice({ appid: stage.appid, person: stage.person, era: '2018', baseLibrary: '2.0.0', answer: 'allow', domains: { [DOMAIN]: backEnd.url } })
  globalThis.wx = device.wx
  // Its main module needs wx.onSocketOpen of 2017 for its tunnel as soon as it is loaded; login and request are all that is used here.
  const wafer = { ...require('wafer2-client-sdk/lib/login'), ...require('wafer2-client-sdk/lib/request') }
  wafer.setLoginUrl(`${DOMAIN}/login`)
  const request = () => new Promise((success, fail) => wafer.request({ url: `${DOMAIN}/me`, login: false, success: ({ data }) => success(data), fail }))
  const calls = (api) => device.calls.filter((call) => call.api === api).length
  try {
    const user = await new Promise((success, fail) => wafer.login({ success, fail }))
    const first = await request()
    const kept = device.wx.getStorageSync(SESSION_KEY).skey !== undefined
    backEnd.endAll()
    const [loginsBefore, sentBefore] = [calls('login'), backEnd.logins()]
    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => outcome(request())))
    const lost = answers.filter(([state]) => state === 'failed').length
    return [
      { what: 'logs in by wx.login and wx.getUserInfo of 2018, and keeps the session in wx storage', holds: user.openId === first.openid && kept },
      { theirs: true, what: `${PARALLEL} parallel requests with an ended session call wx.login ${calls('login') - loginsBefore} times and log in ${backEnd.logins() - sentBefore} times`, holds: calls('login') - loginsBefore === PARALLEL },
      { theirs: true, what: `of these ${PARALLEL}, some are lost at a back end that keeps one session a user`, detail: `${lost} this time`, holds: lost > 0 },
    ]
  } finally {
    delete globalThis.wx
    await backEnd.close()
    await stage.emulator.close()
  }
}

/** Speaks as wafer2's server does: code in a header, one session a user. */
async function openBackEnd(stage) {
  const sessions = new Map()
  let logins = 0
  const server = await openServer(async ({ path, headers }) => {
    if (path === '/login') {
      logins++
      const { openid } = await exchange(stage, headers['x-wx-code'])
      const skey = randomUUID()
      sessions.set(openid, skey)
      return [200, { code: 0, data: { skey, userinfo: { openId: openid } } }]
    }
    const openid = [...sessions].find(([, skey]) => skey === headers['x-wx-skey'])?.[0]
    return openid === undefined ? [401, { code: -1, error: 'ERR_INVALID_SESSION' }] : [200, { code: 0, openid }]
  })
  return { ...server, logins: () => logins, endAll: () => sessions.clear() }
}
