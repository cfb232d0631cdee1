import type { IntrospectResponse } from '@tongxing/protocol'
import type { SessionIdentity, Store } from '../store/store.js'
import { nullIfDead } from './verify.js'
import type { Session, Verify } from './verify.js'

/** Tells a back end what a token is worth (RFC 7662): who it is, with the openid of the app, or nothing but `active: false`. */
export type Introspect = (token: string) => Promise<IntrospectResponse>

export function createIntrospect(verify: Verify, store: Store): Introspect {
  return async (token) => {
    const session = await verify(token).catch(nullIfDead)
    const identity = session && await store.findSessionIdentity(session.sessionId)
    return session && identity ? describe(session, identity) : { active: false }
  }
}

function describe({ uid, appid, sessionId, issuedAt, expiresAt }: Session, { openid, unionid, externalId }: SessionIdentity): IntrospectResponse {
  return { active: true, sub: uid, client_id: appid, exp: Math.floor(expiresAt / 1000), iat: Math.floor(issuedAt / 1000), sessionId, openid, unionid, externalId }
}
