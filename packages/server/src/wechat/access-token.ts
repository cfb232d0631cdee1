import { AuthError } from '../errors.js'
import { reveal, secret } from '../secret.js'
import type { Secret, StoredSealer } from '../secret.js'
import type { Store } from '../store/store.js'
import type { SecretApp, TrySecrets } from './app-secret.js'
import type { Lines } from './line.js'

/** WeChat's app-level access_token: one for all processes, fetched by one caller at a time. Login never needs it. */
export interface AccessTokens {
  /** A token that WeChat should accept now. */
  get(app: SecretApp): Promise<Secret>
  /** WeChat refused this token. Only this one is forgotten: a newer one that somebody has fetched meanwhile stays. */
  refuse(app: SecretApp, token: Secret): Promise<void>
}

export interface AccessTokenParts {
  readonly lines: Pick<Lines, 'of'>
  readonly trySecrets: TrySecrets
  readonly store: Store
  readonly sealer: StoredSealer
  /** Wall time in ms. */
  readonly now: () => number
  /** From 0 to 1; for tests. */
  readonly random?: () => number
}

interface Held {
  readonly token: Secret
  readonly version: number
  readonly refreshAt: number
}

/** Wrong AppSecret, in the words of the token APIs. */
const SECRET_REFUSED: ReadonlySet<number> = new Set([40001, 40125])
/** WeChat renews within the last five minutes; a random point of them spreads the processes. */
const RENEWAL_MS = 5 * 60_000
/** WeChat takes forced refreshes 30 s apart. */
const FORCE_EVERY_MS = 30_000
const contextOf = (appid: string): string => `access_tokens ${appid}`

/** Source: WeChat, getStableAccessToken: repeated calls give the same token to everybody, so that no process ends another's. */
export function createAccessTokens({ lines, trySecrets, store, sealer, now, random = Math.random }: AccessTokenParts): AccessTokens {
  const held = new Map<string, Held>()
  const underWay = new Map<string, Promise<Held>>()

  function hold(appid: string, token: Secret, version: number, expiresAt: number): Held {
    const mine = { token, version, refreshAt: expiresAt - random() * RENEWAL_MS }
    held.set(appid, mine)
    return mine
  }

  async function fetchToken(app: SecretApp, force: boolean): Promise<{ token: Secret, expiresAt: number }> {
    // Before the answer: of one that comes late the end would seem later than it is.
    const askedAt = now()
    const { access_token: token, expires_in: seconds } = await trySecrets(app, SECRET_REFUSED, (appSecret) => lines.of(app.appid).post('/cgi-bin/stable_token', {}, {
      grant_type: 'client_credential', appid: app.appid, secret: reveal(appSecret), force_refresh: force,
    }))
    if (typeof token !== 'string' || token === '' || typeof seconds !== 'number') throw new AuthError('wx_bad_response', { action: 'contact_admin', cause: new Error('stable_token: no access_token in the answer') })
    return { token: secret(token), expiresAt: askedAt + seconds * 1000 }
  }

  async function findStored(appid: string): Promise<{ version: number, expiresAt: number, token: Secret | null } | null> {
    const row = await store.findAccessToken(appid)
    return row && { ...row, token: await sealer.open(row.sealed, contextOf(appid), { table: 'access_tokens', uid: null, appid }) }
  }

  // Of two processes that fetch at once one writes. The later end tells the newer token: whoever comes late takes it over, and replaces an older one.
  async function renew(app: SecretApp, seen: number, force: boolean): Promise<Held> {
    const { appid } = app
    const { token, expiresAt } = await fetchToken(app, force)
    const sealed = sealer.seal(token, contextOf(appid))
    for (let version = seen; ;) {
      if (await store.saveAccessToken(appid, { sealed, expiresAt }, { version })) return hold(appid, token, version + 1, expiresAt)
      const row = await findStored(appid)
      if (row?.token && row.expiresAt >= expiresAt) return hold(appid, row.token, row.version, row.expiresAt)
      version = row?.version ?? 0
    }
  }

  async function find(app: SecretApp): Promise<Held> {
    const row = await findStored(app.appid)
    if (row?.token && now() < row.expiresAt - RENEWAL_MS) return hold(app.appid, row.token, row.version, row.expiresAt)
    return renew(app, row?.version ?? 0, false)
  }

  async function replace(app: SecretApp, refused: Secret): Promise<Held> {
    const row = await findStored(app.appid)
    // Somebody has fetched a newer one already.
    if (row?.token && reveal(row.token) !== reveal(refused) && now() < row.expiresAt) return hold(app.appid, row.token, row.version, row.expiresAt)
    const fresh = await renew(app, row?.version ?? 0, false)
    if (reveal(fresh.token) !== reveal(refused)) return fresh
    // WeChat hands the refused token out again: only a forced refresh makes a new one, and one caller in all processes may do it.
    return await store.claimForcedRefresh(app.appid, now(), FORCE_EVERY_MS) ? renew(app, fresh.version, true) : fresh
  }

  function once(app: SecretApp, work: () => Promise<Held>): Promise<Held> {
    const running = underWay.get(app.appid) ?? work().finally(() => underWay.delete(app.appid))
    underWay.set(app.appid, running)
    return running
  }

  return {
    async get(app) {
      const mine = held.get(app.appid)
      return mine && now() < mine.refreshAt ? mine.token : (await once(app, () => find(app))).token
    },
    async refuse(app, token) {
      const mine = held.get(app.appid)
      if (mine && reveal(mine.token) !== reveal(token)) return
      held.delete(app.appid)
      await once(app, () => replace(app, token))
    },
  }
}
