import { createHash, createHmac, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

async function loggedIn(stage: Stage): Promise<{ token: string, uid: string }> {
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  return { token: json.token as string, uid: (json.user as { uid: string }).uid }
}

it('asks WeChat whether a session_key of the user is the live one', async () => {
  const stage = await openStage()
  const { uid } = await loggedIn(stage)
  expect(await stage.auth.wechat.checkSessionKey(uid, stage.appid)).toBe(true)
  stage.emulator.expireSession({ appid: stage.appid, person: stage.person })
  expect(await stage.auth.wechat.checkSessionKey(uid, stage.appid)).toBe(false)
})

it('F41: a session of ours stands or falls by itself, whatever WeChat says of the session_key', async () => {
  const stage = await openStage()
  const { token, uid } = await loggedIn(stage)
  const status = async (): Promise<number> => (await stage.send('GET', '/v1/session', { token })).status
  const truth: [boolean, number][] = [[await stage.auth.wechat.checkSessionKey(uid, stage.appid), await status()]]
  stage.emulator.expireSession({ appid: stage.appid, person: stage.person })
  truth.push([await stage.auth.wechat.checkSessionKey(uid, stage.appid), await status()])
  await stage.login()
  await stage.post('/v1/logout', {}, token)
  truth.push([await stage.auth.wechat.checkSessionKey(uid, stage.appid), await status()])
  stage.emulator.expireSession({ appid: stage.appid, person: stage.person })
  truth.push([await stage.auth.wechat.checkSessionKey(uid, stage.appid), await status()])
  expect(truth).toEqual([[true, 200], [false, 200], [true, 401], [false, 401]])
})

it('replaces the session_key at WeChat, keeps the new one, and opens data made before and after', async () => {
  const stage = await openStage()
  const { token, uid } = await loggedIn(stage)
  const user = { appid: stage.appid, person: stage.person }
  const before = stage.emulator.profileOf(user)
  await stage.auth.wechat.resetUserSessionKey(uid, stage.appid)
  expect(await stage.auth.wechat.checkSessionKey(uid, stage.appid)).toBe(true)
  for (const signed of [before, stage.emulator.profileOf(user)]) expect((await stage.post('/v1/me/profile', signed, token)).status).toBe(200)
  stage.emulator.clock.advance(10 * 60_000 + 1)
  expect((await stage.post('/v1/me/profile', { rawData: before.rawData, signature: before.signature }, token)).json.code).toBe('encrypted_data_invalid')
  expect((await stage.post('/v1/me/profile', stage.emulator.profileOf(user), token)).status).toBe(200)
})

it('finds the live session_key among those it holds', async () => {
  const stage = await openStage()
  const { uid } = await loggedIn(stage)
  for (let i = 0; i < 2; i++) await stage.login()
  expect(await stage.auth.wechat.checkSessionKey(uid, stage.appid)).toBe(true)
  await stage.auth.wechat.resetUserSessionKey(uid, stage.appid)
  expect(await stage.auth.wechat.checkSessionKey(uid, stage.appid)).toBe(true)
})

it('answers session_key_stale for a key that is dead at WeChat, and for users and apps without any', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}] } })
  const { uid } = await loggedIn(stage)
  const other = stage.emulator.apps[1]!.appid
  await expect(stage.auth.wechat.checkSessionKey(uid, other)).rejects.toMatchObject({ code: 'session_key_stale' })
  await expect(stage.auth.wechat.resetUserSessionKey('u_AAAAAAAAAAAAAAAAAAAAAA', stage.appid)).rejects.toMatchObject({ code: 'session_key_stale' })
  stage.emulator.expireSession({ appid: stage.appid, person: stage.person })
  await expect(stage.auth.wechat.resetUserSessionKey(uid, stage.appid)).rejects.toMatchObject({ code: 'session_key_stale' })
})

it('T01: gives no session_key away: the reset answers nothing, and no error holds one', async () => {
  const stage = await openStage()
  const { uid } = await loggedIn(stage)
  expect(await stage.auth.wechat.resetUserSessionKey(uid, stage.appid)).toBeUndefined()
  stage.emulator.fault({ path: '/wxa/resetusersessionkey', body: '{"errcode":0,"session_key":5}' })
  await expect(stage.auth.wechat.resetUserSessionKey(uid, stage.appid)).rejects.toMatchObject({ code: 'wx_bad_response' })
  expect(stage.logs.join('')).not.toMatch(/[A-Za-z0-9+/]{22}==/)
})

it('T11, SEC-WX-SKEY-DERIVED: the same session_key makes another token at each login, and nothing that follows from it opens a session', async () => {
  const stage = await openStage()
  const [openid, sessionKey] = ['oSameEveryTime', randomBytes(16).toString('base64')]
  stage.emulator.fault({ where: '/sns/jscode2session', body: JSON.stringify({ openid, session_key: sessionKey }), times: 'always' })
  const tokens: string[] = []
  for (let i = 0; i < 20; i++) tokens.push(await stage.login())
  expect(new Set(tokens).size).toBe(tokens.length)

  const digests = derivedFrom(sessionKey, openid, stage.emulator.apps[0]!.secret)
  for (const token of tokens) {
    const bytes = Buffer.from(token.slice(4), 'base64url')
    expect(digests.filter((digest) => bytes.includes(digest.subarray(0, 8)))).toEqual([])
  }
  for (const digest of digests) {
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      const guess = digest.toString(form)
      expect((await stage.send('GET', '/v1/session', { token: guess })).status).toBe(401)
      expect((await stage.send('GET', '/v1/session', { token: `txs_${guess.replaceAll(/[+/=]/g, '_').repeat(7).slice(0, 136)}` })).status).toBe(401)
    }
  }
})

// What servers of this field made their tokens of: wafer2's sha1(session_key), and its relatives.
function derivedFrom(sessionKey: string, openid: string, appSecret: string): Buffer[] {
  const raw = Buffer.from(sessionKey, 'base64')
  const inputs = [sessionKey, raw, openid + sessionKey, sessionKey + openid, `${openid},${sessionKey}`, `${sessionKey}${appSecret}`]
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => inputs.flatMap((input) => [
    createHash(algorithm).update(input).digest(), createHmac(algorithm, appSecret).update(input).digest(), createHmac(algorithm, raw).update(openid).digest(),
  ]))
  return [raw, ...hashes]
}
