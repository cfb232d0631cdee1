import { randomBytes } from 'node:crypto'
import { foundationOf } from './auth.js'
import type { Auth } from './auth.js'
import type { Clock } from './clock.js'
import { appKey, newSessionId, newUid } from './session/ids.js'

export { testStore } from './store/conformance.js'
export type { TestRunner } from './store/conformance.js'

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** Moves it by so many ms; back, too. */
  advance(ms: number): void
}

/** A clock for `createAuth({ clock })`. @param startAt ms since the epoch. Default: the machine's time. */
export function createTestClock(startAt: number = Date.now()): TestClock {
  let now = startAt
  return {
    now: () => now,
    advance(ms) { now += ms },
  }
}

/** Whose session to mint. */
export interface MintOptions {
  /** A user of the database, or the uid that a new user shall have (`u_` and 22 base64url characters). Default: a new user. */
  readonly uid?: string
  /** Default: the first configured app. */
  readonly appid?: string
  /** Default: the user's openid in this app, else a new one. */
  readonly openid?: string
}

/** A session that was minted. */
export interface MintedSession {
  readonly token: string
  readonly uid: string
  readonly appid: string
  readonly openid: string
  readonly sessionId: string
}

/**
 * Logs a user in without WeChat, for an application's own tests: real rows, a real token, everything that a login does but the exchange.
 * Throws TypeError when the app is not configured, when the user exists and has no openid in it, and when the user or app may not log in.
 */
export async function mintSession(auth: Auth, { uid, appid: wanted, openid: given }: MintOptions = {}): Promise<MintedSession> {
  const { apps, store, tokens, now, sessionLifeMs } = foundationOf(auth)
  const app = wanted === undefined ? apps[0]! : apps.find(({ appid }) => appid === wanted)
  if (!app) throw new TypeError(`the app ${wanted} is not configured`)
  const { appid, unionScope } = app
  const user = uid === undefined ? null : await auth.users.get(uid)
  const openid = given ?? user?.identities.find((identity) => identity.appid === appid)?.openid ?? (user ? undefined : `oTest_${randomBytes(12).toString('base64url')}`)
  if (openid === undefined) throw new TypeError(`the user has no openid in ${appid}`)
  const session = { sessionId: newSessionId(), issuedAt: now(), expiresAt: now() + sessionLifeMs }
  const recorded = await store.recordLogin({
    ...session, appid, openid, unionScope, unionid: null, newUid: uid ?? newUid(), device: null, mostSessions: null,
    // Opens nothing: to the server it is a key that it can no longer read.
    sessionKey: { fingerprint: randomBytes(16).toString('hex'), sealed: '' },
  })
  if (recorded.refused) throw new TypeError(`nobody can log in: ${recorded.refused}`)
  return { token: tokens.seal({ ...session, uid: recorded.uid, app: appKey(appid), epoch: recorded.epoch }), uid: recorded.uid, appid, openid, sessionId: session.sessionId }
}
