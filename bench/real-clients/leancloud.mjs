// leancloud-storage with its adapter for mini programs, on the emulator's wx.
import { createRequire } from 'node:module'
import { DOMAIN, exchange, openEmulator, openServer, outcome } from './stage.mjs'

const require = createRequire(import.meta.url)

export async function run() {
  const stage = await openEmulator()
  const backEnd = await openBackEnd(stage)
  const device = stage.emulator.openDevice({ appid: stage.appid, person: stage.person, domains: { [DOMAIN]: backEnd.url } })
  globalThis.wx = device.wx
  const AV = require('leancloud-storage/core')
  AV.setAdapters(require('@leancloud/platform-adapters-weapp'))
  AV.init({ appId: 'demo', appKey: 'demo', serverURL: DOMAIN })
  try {
    const user = await AV.User.loginWithMiniApp()
    const requests = device.calls.filter((call) => call.api === 'request').length
    backEnd.endAll()
    const answers = await Promise.all(Array.from({ length: 20 }, () => outcome(user.fetch())))
    const logins = device.calls.filter((call) => call.api === 'login').length
    return [
      { what: 'logs in with a mini program’s code over wx.request', holds: backEnd.openids().has(user.get('authData').lc_weapp.openid) && requests === 1 },
      { what: 'keeps the session in wx storage', holds: device.wx.getStorageInfoSync().keys.some((key) => key.includes('currentUser')) },
      { theirs: true, what: '20 parallel requests with an ended session all fail: it does not log in again', holds: answers.every(([state]) => state === 'failed') && logins === 1 },
    ]
  } finally {
    delete globalThis.wx
    await backEnd.close()
    await stage.emulator.close()
  }
}

/** As much of LeanCloud as a login needs. */
async function openBackEnd(stage) {
  const openids = new Set()
  let ended = false
  const server = await openServer(async ({ path, body }) => {
    if (path !== '/1.1/users') return ended ? [401, { code: 211, error: 'Could not find user.' }] : [200, {}]
    const { openid, session_key: _kept, ...rest } = await exchange(stage, JSON.parse(body).authData.lc_weapp.code)
    if (openid === undefined) return [400, rest]
    openids.add(openid)
    return [201, { objectId: 'u1', sessionToken: 't1', createdAt: new Date().toISOString(), authData: { lc_weapp: { openid } } }]
  })
  return { ...server, openids: () => openids, endAll: () => { ended = true } }
}
