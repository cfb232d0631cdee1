import type { EraseReceipt, ExportResponse, IntrospectResponse, LoginRequest, LoginResponse, LogoutRequest, MeResponse, Phone, PhoneRequest, ProfileRequest, UpdateMeRequest } from '@tongxing/protocol'
import type { AuthOptions } from './config.js'
import { createApiKeys } from './flows/api-keys.js'
import type { ApiKeys } from './flows/api-keys.js'
import { createApps } from './flows/apps.js'
import type { Apps } from './flows/apps.js'
import { createAvatars } from './flows/avatar.js'
import type { Avatars } from './flows/avatar.js'
import { createAudit } from './flows/audit.js'
import type { Audit } from './flows/audit.js'
import { createAgreed, createConsents } from './flows/consents.js'
import type { Consents } from './flows/consents.js'
import { createCheckText } from './flows/content-check.js'
import { endBeyondPolicy } from './flows/device-policy.js'
import { createBudget } from './flows/decrypt-budget.js'
import { createTakeData } from './flows/encrypted-data.js'
import { createHookRunner } from './flows/hooks.js'
import { createIdentities } from './flows/identities.js'
import type { Identities } from './flows/identities.js'
import { createErasures } from './flows/erase.js'
import type { Erasures } from './flows/erase.js'
import { createExport } from './flows/export.js'
import { createImport } from './flows/import.js'
import { createIntrospect } from './flows/introspect.js'
import { createLogin } from './flows/login.js'
import { createLogout } from './flows/logout.js'
import { createDescribe, createMe } from './flows/me.js'
import { createMerge } from './flows/merge.js'
import type { DescribeUser } from './flows/me.js'
import { createPictureChecks } from './flows/picture-check.js'
import type { PictureChecks } from './flows/picture-check.js'
import { createBuyPhone } from './flows/phone-code.js'
import { createBindPhone } from './flows/phone.js'
import { createSaveProfile } from './flows/profile.js'
import { createPush } from './flows/push.js'
import type { Push } from './flows/push.js'
import { createSealingKeys } from './flows/sealing-keys.js'
import type { SealingKeys } from './flows/sealing-keys.js'
import { createSessions } from './flows/sessions.js'
import type { Sessions } from './flows/sessions.js'
import { createTellPhone } from './flows/tell-phone.js'
import { createTickets } from './flows/tickets.js'
import type { Tickets } from './flows/tickets.js'
import { createUsers } from './flows/users.js'
import type { Users } from './flows/users.js'
import { createVerify } from './flows/verify.js'
import type { Session, VerifyOptions } from './flows/verify.js'
import { createWechat } from './flows/wechat.js'
import type { Wechat } from './flows/wechat.js'
import { createFoundation } from './foundation.js'
import type { Foundation } from './foundation.js'
import type { Logger } from './log.js'
import type { Metrics } from './metrics.js'
import { createPhones } from './user/phone.js'
import { createSessionKeys } from './user/session-key.js'
import { createTrySecrets } from './wechat/app-secret.js'

export type { ApiKeyKind } from './flows/api-keys.js'

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
  /** Switching apps off and on. */
  readonly apps: Apps
  /** What the identities of users contradict each other in. */
  readonly identities: Identities
  /** The keys that seal tokens and stored secrets. */
  readonly keys: SealingKeys
  /** What happened, and the proof that nobody changed it. */
  readonly audit: Audit
  /** One-time hand-overs to a web-view. */
  readonly tickets: Tickets
  /** Tells a back end what a token is worth (RFC 7662), openid included. */
  introspect(token: string): Promise<IntrospectResponse>
  /** WeChat's server API, with the app's access_token put in, and WeChat's session_keys. */
  readonly wechat: Wechat
  /** What WeChat pushes to the service. */
  readonly push: Push
  /** Users, for the back end itself: look up, ban, end all sessions, merge. */
  readonly users: Users
  /** The user of a session. */
  me(session: Session): Promise<MeResponse>
  /** What the user agreed to. */
  readonly consents: Consents
  /** Takes a nickname that the user typed. */
  updateMe(session: Session, changes: UpdateMeRequest): Promise<MeResponse>
  /** Takes a picture that the user chose: at most {@link LARGEST_PICTURE_BYTES}. */
  saveAvatar(session: Session, bytes: Uint8Array): Promise<MeResponse>
  /** Pictures that users chose. */
  readonly avatars: Pick<Avatars, 'open'>
  /** Everything that is held on the user. Throws `reauth_required` when the login is more than 5 minutes old. */
  exportMe(session: Session): Promise<ExportResponse>
  /** Forgets the user of a token; see {@link Erasures.eraseSelf}. */
  eraseMe(token: string): Promise<EraseReceipt>
  /** What stays of erased users, for backups. */
  readonly erasures: Pick<Erasures, 'tombstones' | 'applyTombstones'>
  /** Takes what getUserProfile or getUserInfo handed out. */
  saveProfile(session: Session, request: ProfileRequest): Promise<MeResponse>
  /** Swaps what the phone button's event holds for the number and binds it. */
  bindPhone(session: Session, request: PhoneRequest): Promise<Phone>
  /** Rejects with `store_unavailable` when the database does not answer. */
  ping(): Promise<void>
  readonly log: Logger
  /** What is counted for Prometheus. */
  readonly metrics: Metrics
  /** Ends everything: timers, connections, the database. */
  close(): Promise<void>
}

export { LARGEST_PICTURE_BYTES } from './user/picture/picture.js'

/**
 * Puts the login system together. Resolves when the database is migrated, all revocations are loaded, and no session is beyond `mostSessions`.
 * Throws ConfigError naming every mistake of the options.
 */
export async function createAuth(options: AuthOptions): Promise<Auth> {
  const foundation = await createFoundation(options)
  await endBeyondPolicy(foundation).catch(async (error: unknown) => {
    await foundation.close()
    throw error
  })
  const auth = await assemble(foundation)
  foundations.set(auth, foundation)
  return auth
}

const foundations = new WeakMap<Auth, Foundation>()

/** What an Auth stands on, for the test helpers. Throws TypeError for an object that createAuth() did not make. */
export function foundationOf(auth: Auth): Foundation {
  const foundation = foundations.get(auth)
  if (!foundation) throw new TypeError('this is not the result of createAuth()')
  return foundation
}

async function assemble(foundation: Foundation): Promise<Auth> {
  const { clock, log, now, store, sealer, ring, decryptBudget } = foundation
  const sessionKeys = createSessionKeys(store, sealer, now)
  const phones = createPhones(store, sealer, ring.keys.map(({ pseudonymKey }) => pseudonymKey))
  const verify = createVerify(foundation)
  const sessions = createSessions(foundation)
  const trySecrets = createTrySecrets(log)
  const wechat = createWechat({ ...foundation, trySecrets, sessionKeys })
  const describe = createDescribe(phones, foundation.publicURL)
  const me = createMe(store, describe, clock, createCheckText({ ...foundation, call: wechat.call }))
  const pictures = createPictureChecks({ ...foundation, call: wechat.call })
  const avatars = await openAvatars(foundation, describe, pictures)
  const hooks = createHookRunner(foundation)
  const erasures = createErasures({ ...foundation, verify, hooks, sweep: avatars.sweep })
  const agreed = createAgreed(store, foundation.consents)
  const takeData = createTakeData({ ...foundation, sessionKeys, budget: createBudget(store, clock, decryptBudget) })
  const tell = createTellPhone({ ...foundation, hooks })
  const buyPhone = createBuyPhone({ ...foundation, phones, tell, call: wechat.call })
  return {
    login: createLogin({ ...foundation, hooks, trySecrets, sessionKeys, buyPhone: agreed('phone', buyPhone) }),
    verify,
    logout: createLogout(verify, sessions, hooks),
    sessions,
    apiKeys: createApiKeys(store, clock),
    apps: createApps(foundation),
    identities: createIdentities(store),
    keys: createSealingKeys(foundation, phones),
    audit: createAudit(store),
    tickets: createTickets(store, clock),
    introspect: createIntrospect(verify, store),
    wechat,
    users: createUsers(foundation, sessions, phones, { merge: createMerge({ ...foundation, hooks, phones }), import: createImport({ ...foundation, phones }), erase: erasures.erase }),
    push: createPush({ ...foundation, pictures, sweep: avatars.sweep, hooks, erase: erasures.erase }),
    me: me.get,
    consents: createConsents(store, clock),
    saveAvatar: agreed('profile', avatars.save),
    avatars,
    exportMe: createExport({ ...foundation, phones, describe }),
    eraseMe: erasures.eraseSelf,
    erasures,
    updateMe: agreed('profile', me.update),
    saveProfile: agreed('profile', createSaveProfile({ store, describe, takeData })),
    bindPhone: agreed('phone', createBindPhone({ ...foundation, call: wechat.call, phones, tell, buyPhone, takeData })),
    ping: () => store.ping(),
    log, metrics: foundation.metrics,
    async close() {
      await hooks.drain()
      await foundation.close()
    },
  }
}

async function openAvatars(foundation: Foundation, describe: DescribeUser, checks: PictureChecks): Promise<Avatars> {
  const avatars = createAvatars({ ...foundation, checks, describe })
  await avatars.sweep()
  foundation.eachMinute(avatars.sweep)
  return avatars
}
