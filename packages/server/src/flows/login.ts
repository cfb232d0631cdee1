import type { LoginRequest, LoginResponse, Phone, PhoneFailure } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import type { App, LoginEvent } from '../config.js'
import { AuthError, isAuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import { appKey, newSessionId, newUid } from '../session/ids.js'
import type { Key64 } from '../session/ids.js'
import { newLifeMs } from '../session/life.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { TokenSeal } from '../session/token.js'
import type { AcceptedLogin, Store } from '../store/store.js'
import { cleanNickname } from '../user/nickname.js'
import type { SessionKeys } from '../user/session-key.js'
import type { TrySecrets } from '../wechat/app-secret.js'
import { codeToSession } from '../wechat/code-to-session.js'
import type { Lines } from '../wechat/line.js'
import { withAddress } from './me.js'
import type { HookRunner } from './hooks.js'
import { createOncePerCode } from './once-per-code.js'
import type { BuyPhone } from './phone-code.js'
import type { Session } from './verify.js'

/** The whole act, code to token. Throws the codes of `POST /v1/login`. */
export type Login = (request: LoginRequest) => Promise<LoginResponse>

export interface LoginParts {
  readonly apps: readonly App[]
  readonly lines: Pick<Lines, 'of'>
  readonly trySecrets: TrySecrets
  readonly store: Store
  readonly buyPhone: BuyPhone
  readonly sessionKeys: SessionKeys
  readonly tokens: TokenSeal
  readonly clock: Clock
  readonly sessionLifeMs: number
  readonly mostSessions: number | null
  readonly publicURL: string
  readonly index: RevocationIndex
  readonly hooks: HookRunner
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

interface NewSession { readonly id: string, readonly issuedAt: number, readonly expiresAt: number }

export function createLogin(parts: LoginParts): Login {
  const apps = new Map(parts.apps.map((app) => [app.appid, { ...app, key: appKey(app.appid) }]))
  const once = createOncePerCode<LoginResponse>(() => parts.clock.now())

  return async ({ appid, code, device, phoneCode, extra = {} }) => {
    const app = apps.get(appid)
    if (!app) throw new AuthError('app_unknown')
    if (parts.index.isAppDisabled(appid)) throw new AuthError('app_disabled')
    return once(appid, code, async () => {
      const wechat = await codeToSession({ line: parts.lines.of(appid), trySecrets: parts.trySecrets }, app, code)
      const session = newSession(parts)
      const recorded = await parts.store.recordLogin({
        appid,
        openid: wechat.openid,
        unionid: wechat.unionid,
        unionScope: app.unionScope,
        newUid: newUid(),
        sessionKey: parts.sessionKeys.seal(appid, wechat.openid, wechat.sessionKey),
        sessionId: session.id,
        // Shown in lists like a nickname, and as little to be trusted.
        device: device === undefined ? null : cleanNickname(device),
        issuedAt: session.issuedAt,
        expiresAt: session.expiresAt,
        mostSessions: parts.mostSessions,
      })
      if (recorded.refused) throw new AuthError(recorded.refused)
      for (const revocation of recorded.replaced) parts.index.apply(revocation)
      if (recorded.unionOwner) parts.log.warn({ event: 'union_conflict', appid, user: parts.pseudonym(recorded.uid), owner: parts.pseudonym(recorded.unionOwner) }, 'the unionid of this login is another user\'s; see auth.identities.conflicts()')
      parts.log.info({ event: 'login', appid, user: parts.pseudonym(recorded.uid), openid: parts.pseudonym(wechat.openid), isNew: recorded.isNew }, 'logged in')
      await tell(parts.hooks, { uid: recorded.uid, appid, sessionId: session.id, isNew: recorded.isNew, extra })
      const login = answer(parts, app.key, recorded, session)
      return phoneCode === undefined ? login : withPhone(login, await tryPhone(parts, { uid: recorded.uid, appid, sessionId: session.id, issuedAt: session.issuedAt, expiresAt: session.expiresAt }, phoneCode))
    })
  }
}

async function tell(hooks: HookRunner, event: LoginEvent): Promise<void> {
  if (event.isNew) await hooks.run('onFirstLogin', event)
  await hooks.run('onLogin', event)
}

function newSession({ clock, sessionLifeMs }: LoginParts): NewSession {
  const issuedAt = clock.now()
  return { id: newSessionId(), issuedAt, expiresAt: issuedAt + newLifeMs(sessionLifeMs) }
}

// Sealed after the commit: a token never exists without its session.
function answer({ tokens, publicURL }: LoginParts, app: Key64, recorded: AcceptedLogin, session: NewSession): LoginResponse {
  const { uid, isNew, epoch } = recorded
  const profile = withAddress(recorded.profile, publicURL)
  const token = tokens.seal({
    uid, sessionId: session.id, app, issuedAt: session.issuedAt, expiresAt: session.expiresAt, epoch,
  })
  return { token, issuedAt: session.issuedAt, expiresAt: session.expiresAt, user: { uid, isNew, ...(profile && { profile }) } }
}

// The free code comes first and the paid one second: without a user nothing is bought. And a login that stands is answered, whatever became of the number.
async function tryPhone({ buyPhone, log }: LoginParts, session: Session, phoneCode: string): Promise<Phone | PhoneFailure> {
  try {
    return await buyPhone(session, phoneCode)
  } catch (error) {
    if (!isAuthError(error)) throw error
    log.warn({ event: 'login_without_phone', appid: session.appid, code: error.code, err: error.cause }, 'logged in, and no phone number was bound')
    return { code: error.code, action: error.action }
  }
}

function withPhone(login: LoginResponse, phone: Phone | PhoneFailure): LoginResponse {
  return 'masked' in phone ? { ...login, user: { ...login.user, phone } } : { ...login, phoneFailure: phone }
}
