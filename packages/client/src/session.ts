import type { LoginUser, MeResponse, Phone, Problem, Profile } from '@tongxing/protocol'
import type { Emit } from './events.js'
import type { Settings } from './options.js'
import { addressOf } from './prepare.js'
import { quietly } from './quietly.js'
import { runtimeOf } from './wx.js'
import type { WxRuntime } from './wx.js'

/** A session as the app sees it. Never WeChat's session_key. */
export interface Session {
  /** Opaque; belongs in a header and nowhere else. */
  readonly token: string
  /** When the session ends by the server's clock, in ms since the epoch. For display: the client never compares it with the device's clock. */
  readonly expiresAt: number
  readonly user: SessionUser
}

/** The user, with what they gave so far: whoever gave something once need not be asked again. */
export interface SessionUser extends LoginUser {
  readonly phone?: Phone
}

/** What lies in storage. Another `v` or `baseURL` is ignored and overwritten: a token never goes to another host. */
interface Envelope {
  readonly v: 1
  readonly baseURL: string
  readonly session?: Session
  /** When to renew, by the device's clock. */
  readonly renewAt?: number
  /** The user logged out: nothing logs in silently. */
  readonly signedOut?: boolean
}

/** The one place that knows the session: memory, with a copy in storage. */
export interface SessionState {
  /** Memory first; storage is read once, lazily. */
  current(): Session | null
  /** Rises with each sign-out: work that began in another epoch belongs to nobody. */
  epoch(): number
  /** Meaningful once `current()` was asked. */
  signedOut(): boolean
  /** When to renew in the background, by the device's clock. */
  renewAt(): number
  renewLater(time: number): void
  /** Keeps a new session and ends a sticky log-out. `silent`: it renews the session before, and ends when the server ended that one. */
  save(session: Session, renewAt: number, silent: boolean): void
  /** What the server tells about the user, put into the session; with a `uid` only if it is still this user's. */
  setUser(given: Partial<Pick<MeResponse, 'uid' | 'profile' | 'phone'>>): void
  /**
   * Forgets the session if its token is still this one: THE generation check. Tells `expired` once. `forGood` signs out too, also when
   * a renewal came in between: the user asked for neither.
   */
  drop(token: string, problem?: Problem, forGood?: boolean): boolean
  /** The user logged out: forgets the session and stays signed out, over restarts too. */
  signOut(): void
}

/** AppID and release channel, as far as the host tells; `plugin` when this code runs inside a plugin. */
export function accountOf(settings: Settings): { appid: string, envVersion: string, plugin: unknown } {
  const { miniProgram: { appId = '', envVersion = 'release' } = {}, plugin } = quietly(() => runtimeOf(settings).getAccountInfoSync!()) || {}
  return { appid: settings.appid || appId, envVersion, plugin }
}

/** Session in memory and storage. Storage may fail at any time (quota, "Failed To Send Sync"): memory goes on without it. */
export function createSession(settings: Settings, emit: Emit): SessionState {
  const { baseURL } = settings
  let session: Session | null = null
  // The token that the current session silently took over from.
  let before = ''
  let signedOut = false
  let renewAt = Infinity
  let epoch = 0
  let loaded = false

  /** Storage may throw at any time; then the result is undefined. */
  function inStorage<T>(run: (runtime: WxRuntime, key: string) => T): T | undefined {
    return quietly(() => {
      const { appid, envVersion } = accountOf(settings)
      return run(runtimeOf(settings), `${settings.storageKey}:${appid}:${envVersion}`)
    })
  }

  function load(): void {
    if (loaded) return
    loaded = true
    const stored = Object(inStorage((runtime, key) => runtime.getStorageSync(key))) as Partial<Envelope>
    if (stored.v !== 1 || stored.baseURL !== baseURL) return
    session = toSession(settings, stored.session) || null
    // `isNew` is about the login that just happened; after a restart nobody is new.
    if (session) Object.assign(session.user, { isNew: false })
    signedOut = !session && !!stored.signedOut
    renewAt = stored.renewAt || Infinity
  }

  // When nothing can be written, the old copy is removed: at least no dead token stays behind.
  function store(): void {
    const envelope: Envelope = session ? { v: 1, baseURL, session, renewAt } : { v: 1, baseURL, signedOut }
    const written = (session || signedOut) && inStorage((runtime, key) => [runtime.setStorageSync(key, envelope)])
    if (!written) inStorage((runtime, key) => runtime.removeStorageSync(key))
  }

  function forget(forGood = false): void {
    session = null
    signedOut = forGood
    if (forGood) epoch++
    store()
  }

  return {
    current() {
      load()
      return session
    },
    epoch: () => epoch,
    signedOut: () => signedOut,
    renewAt: () => renewAt,
    renewLater(time) { renewAt = time },
    save(next, time, silent) {
      load()
      before = silent && session ? session.token : ''
      session = next
      signedOut = false
      renewAt = time
      store()
    },
    setUser(given) {
      if (!session || (given.uid && session.user.uid !== given.uid)) return
      session = Object.assign({}, session, { user: toUser(settings, Object.assign({}, session.user, given)) })
      store()
      emit('user', session.user)
    },
    drop(token, problem, forGood) {
      load()
      if (!session || (session.token !== token && !(forGood && before === token))) return false
      forget(forGood)
      emit('expired', { action: forGood ? 'ask_user' : 'relogin', problem })
      if (forGood) emit('logout', { by: 'server' })
      return true
    },
    signOut() {
      load()
      forget(true)
      emit('logout', { by: 'app' })
    },
  }
}

/** Picks the session out of a login answer or of storage, known members only: an openid that a back end adds goes no further. */
export function toSession(settings: Settings, value: unknown): Session | undefined {
  const { token, expiresAt, user } = Object(value) as Partial<Session>
  return token && typeof token === 'string' ? { token, expiresAt: Number(expiresAt) || 0, user: toUser(settings, user) } : undefined
}

function toUser(settings: Settings, value: unknown): SessionUser {
  const { uid = '', isNew = false, profile, phone } = Object(value) as Partial<SessionUser>
  return Object.assign({ uid, isNew }, profile && { profile: toProfile(settings, profile) }, phone && { phone: toPhone(phone) })
}

function toPhone({ masked, countryCode, verifiedAt }: Phone): Phone {
  return { masked, countryCode, verifiedAt }
}

/** A server that does not know its own address tells the path of a picture alone; an `<image>` needs all of it. A container has no address. */
export function toProfile({ baseURL, container }: Settings, { nickname, avatarUrl, source, updatedAt }: Profile): Profile {
  return { nickname, avatarUrl: avatarUrl && !container ? addressOf(String(avatarUrl), baseURL) : avatarUrl, source, updatedAt }
}
