import { createAuth, generateKeyRing } from '@tongxing/server'
import type { Auth, AuthOptions } from '@tongxing/server'
import { createTestClock, mintSession } from '@tongxing/server/testing'
import { expect, it, onTestFinished } from 'vitest'

// How an application tests its own back end, without WeChat and without an emulator.
const [appid, other] = ['wx0123456789abcdef', 'wxfedcba9876543210']

async function openAuth(options: Partial<AuthOptions> = {}): Promise<Auth> {
  const secret = '0'.repeat(32)
  const auth = await createAuth({ apps: [{ appid, secret }, { appid: other, secret }], store: 'sqlite::memory:', keys: generateKeyRing(), ...options })
  onTestFinished(() => auth.close())
  return auth
}

it('mints a session that is as good as one of a login, for a new user and for one who is known', async () => {
  const auth = await openAuth()
  const first = await mintSession(auth)
  expect(await auth.verify(first.token, { strict: true })).toMatchObject({ uid: first.uid, appid, sessionId: first.sessionId })
  expect(await mintSession(auth, { uid: first.uid })).toMatchObject({ uid: first.uid, openid: first.openid })
  const named = await mintSession(auth, { uid: 'u_AAAAAAAAAAAAAAAAAAAAAA', appid: other, openid: 'oMing' })
  expect(await auth.introspect(named.token)).toMatchObject({ sub: 'u_AAAAAAAAAAAAAAAAAAAAAA', openid: 'oMing', client_id: other })
  await auth.users.ban(first.uid)
  await expect(auth.verify(first.token)).rejects.toMatchObject({ code: 'user_disabled' })
})

it('says what keeps it from minting one', async () => {
  const auth = await openAuth()
  const { uid } = await mintSession(auth)
  await expect(mintSession(auth, { uid, appid: other })).rejects.toThrow(/no openid/)
  await expect(mintSession(auth, { appid: 'wx0000000000000000' })).rejects.toThrow(/not configured/)
  await auth.users.ban(uid)
  await expect(mintSession(auth, { uid })).rejects.toThrow(/user_disabled/)
  await expect(mintSession({ ...auth })).rejects.toThrow(TypeError)
})

it('moves the clock to where a session has expired', async () => {
  const clock = createTestClock(1_795_000_000_000)
  const auth = await openAuth({ clock, sessionLifeMs: 60_000 })
  const { token } = await mintSession(auth)
  clock.advance(59_999)
  expect(await auth.verify(token)).toMatchObject({ appid })
  clock.advance(1)
  await expect(auth.verify(token)).rejects.toMatchObject({ code: 'session_expired' })
})
