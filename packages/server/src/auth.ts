import type { IntrospectResponse, LoginRequest, LoginResponse, LogoutRequest, MeResponse, Phone, PhoneRequest, ProfileRequest, UpdateMeRequest } from '@tongxing/protocol'
import { checkOptions } from './config.js'
import type { App, AuthOptions, Config } from './config.js'
import { AuthError, ConfigError } from './errors.js'
import { createApiKeys } from './flows/api-keys.js'
import type { ApiKeys } from './flows/api-keys.js'
import { createBudget } from './flows/decrypt-budget.js'
import { createIntrospect } from './flows/introspect.js'
import { createLogin } from './flows/login.js'
import { createLogout } from './flows/logout.js'
import { createMe } from './flows/me.js'
import { createBindPhone } from './flows/phone.js'
import { createSaveProfile } from './flows/profile.js'
import { createSessions } from './flows/sessions.js'
import type { Sessions } from './flows/sessions.js'
import { createTickets } from './flows/tickets.js'
import type { Tickets } from './flows/tickets.js'
import { createUsers } from './flows/users.js'
import type { Users } from './flows/users.js'
import { createVerify } from './flows/verify.js'
import type { Session, VerifyOptions } from './flows/verify.js'
import { createPseudonymiser } from './log.js'
import type { Logger } from './log.js'
import { cipherReady } from './session/cipher.js'
import { createRevocationFeed } from './session/feed.js'
import { loadKeyFile, parseKeyRing } from './session/keys.js'
import type { KeyRing } from './session/keys.js'
import { createRevocationIndex } from './session/revocation.js'
import { createSealer } from './session/sealer.js'
import { createTokenSeal } from './session/token.js'
import { guardStore } from './store/guarded.js'
import { openSqliteStore } from './store/sql/sqlite.js'
import type { Store } from './store/store.js'
import { createPhones } from './user/phone.js'
import { createSessionKeys } from './user/session-key.js'
import { createAccessTokens } from './wechat/access-token.js'
import type { AccessTokens } from './wechat/access-token.js'
import { callWechat } from './wechat/call.js'
import type { WechatCall } from './wechat/call.js'
import { createUpstream } from './wechat/upstream.js'
import type { Upstream } from './wechat/upstream.js'

/** The login system of one back end. Everything that throws, throws an AuthError. */
export interface Auth {
  /** Code to token: exchanges the code at WeChat, finds or creates the user, gives a session. */
  login(request: LoginRequest): Promise<LoginResponse>
  /** Checks a token; a few microseconds and no I/O on the ordinary path. */
  verify(token: string, options?: VerifyOptions): Promise<Session>
  /** Ends one session, or all of its user. */
  logout(token: string, request?: LogoutRequest): Promise<void>
  /** Where a session's user is logged in, and ending one of them. */
  readonly sessions: Pick<Sessions, 'list' | 'end'>
  /** Keys of back ends, for introspection and tickets. */
  readonly apiKeys: ApiKeys
  /** One-time hand-overs to a web-view. */
  readonly tickets: Tickets
  /** Tells a back end what a token is worth (RFC 7662), openid included. */
  introspect(token: string): Promise<IntrospectResponse>
  /** WeChat's server API, with the app's access_token put in. */
  readonly wechat: Wechat
  /** Users, for the back end itself: look up, ban, end all sessions. */
  readonly users: Users
  /** The user of a session. */
  me(session: Session): Promise<MeResponse>
  /** Takes a nickname that the user typed. */
  updateMe(session: Session, changes: UpdateMeRequest): Promise<MeResponse>
  /** Takes what getUserProfile or getUserInfo handed out. */
  saveProfile(session: Session, request: ProfileRequest): Promise<MeResponse>
  /** Swaps the code of the phone button for the number and binds it. */
  bindPhone(session: Session, request: PhoneRequest): Promise<Phone>
  /** Rejects with `store_unavailable` when the database does not answer. */
  ping(): Promise<void>
  readonly log: Logger
  /** Ends everything: timers, connections, the database. */
  close(): Promise<void>
}

/** WeChat's server API. */
export interface Wechat {
  /**
   * Calls any API, for example `auth.wechat.call(appid, '/wxa/msg_sec_check', { body })`.
   * Throws `app_unknown`, `wx_call_failed` with WeChat's errcode, or the `wx_…` codes of the connection.
   */
  readonly call: WechatCall
}

const PRUNE_EVERY_MS = 60_000
const PRUNE_ROWS = 1000

/**
 * Puts the login system together. Resolves when the database is migrated and all revocations are loaded.
 * Throws ConfigError naming every mistake of the options.
 */
export async function createAuth(options: AuthOptions): Promise<Auth> {
  const problems: string[] = []
  const config = checkOptions(options, problems)
  const given = checkKeys(options, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  const { apps, clock, log, sessionLifeMs, mostSessions, strict } = config
  const now = (): number => clock.now()
  await cipherReady()
  const ring = given ?? loadKeyFile(config.dataDir)
  const store = guardStore(await openStore(config))
  const upstream = createUpstream(config.wechat)
  const tokens = createTokenSeal(ring)
  const pseudonym = createPseudonymiser(ring.current.pseudonymKey)
  const sealer = createSealer(ring)
  const sessionKeys = createSessionKeys(store, sealer, now)
  const index = createRevocationIndex(now)
  const feed = createRevocationFeed({ store, index, log, ...config.feed })
  await feed.start().catch(async (error: unknown) => {
    await Promise.all([upstream.close(), store.close()])
    throw error
  })
  const pruning = startPruning(store, now, log)

  const verify = createVerify({ apps, tokens, index, feed, store, clock, strict })
  const sessions = createSessions({ store, index, clock, log, pseudonym })
  const phones = createPhones(store, sealer, ring.keys.map(({ pseudonymKey }) => pseudonymKey))
  const wechat = createWechat(apps, upstream, createAccessTokens({ upstream, store, sealer, now }))
  const me = createMe(store, phones, clock)
  return {
    login: createLogin({ apps, upstream, store, sessionKeys, tokens, index, clock, sessionLifeMs, mostSessions, log, pseudonym }),
    verify,
    logout: createLogout(verify, sessions),
    sessions,
    apiKeys: createApiKeys(store, clock),
    tickets: createTickets(store, clock),
    introspect: createIntrospect(verify, store),
    wechat,
    users: createUsers(store, sessions, phones),
    me: me.get,
    updateMe: me.update,
    saveProfile: createSaveProfile({ store, phones, sessionKeys, budget: createBudget(store, clock, config.decryptBudget), clock, log, pseudonym }),
    bindPhone: createBindPhone({ call: wechat.call, phones, clock, log, pseudonym }),
    ping: () => store.ping(),
    log,
    async close() {
      clearInterval(pruning)
      feed.stop()
      await upstream.close()
      await store.close()
    },
  }
}

/** Every mistake of the options, without starting anything; empty when `createAuth()` would take them. */
export function problemsOf(options: AuthOptions): readonly string[] {
  const problems: string[] = []
  checkOptions(options, problems)
  checkKeys(options, problems)
  return problems
}

function checkKeys({ keys }: AuthOptions, problems: string[]): KeyRing | null {
  if (keys === undefined) return null
  try {
    return parseKeyRing(String(keys))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return null
  }
}

async function openStore(config: Config): Promise<Store> {
  return 'custom' in config.store ? config.store.custom : openSqliteStore({ file: config.store.sqlite })
}

function startPruning(store: Store, now: () => number, log: Logger): NodeJS.Timeout {
  const prune = (): void => {
    store.prune(now(), PRUNE_ROWS).catch((error: unknown) => log.warn({ err: error }, 'expired rows could not be removed; trying again in a minute'))
  }
  return setInterval(prune, PRUNE_EVERY_MS).unref()
}

function createWechat(apps: readonly App[], upstream: Upstream, tokens: AccessTokens): Wechat {
  return {
    async call(appid, path, options) {
      const app = apps.find((known) => known.appid === appid)
      if (!app) throw new AuthError('app_unknown')
      return callWechat(upstream, tokens, app, path, options)
    },
  }
}
