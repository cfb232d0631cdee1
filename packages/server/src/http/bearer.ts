import type { ApiKeyKind, Auth } from '../auth.js'
import { AuthError } from '../errors.js'
import type { Call } from './endpoint.js'

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,512}=*)$/
const IN_URL = /[?&](token|access_token|session|authorization|api_key)=/i

/**
 * The token of a request: `Authorization: Bearer <token>`, one header, one value, nowhere else.
 * Throws `token_missing`, `token_malformed`, or `token_in_url` (URLs end up in logs and referrers).
 */
export function bearerOf(call: Call): string {
  refuseTokenInUrl(call)
  const header = call.header('authorization')
  if (header === undefined) throw new AuthError('token_missing')
  const token = BEARER.exec(header)?.[1]
  if (token === undefined) throw new AuthError('token_malformed')
  return token
}

/** Throws `token_in_url` when the query holds what looks like a credential. */
export function refuseTokenInUrl({ url }: Call): void {
  if (url.includes('?') && IN_URL.test(url)) throw new AuthError('token_in_url', { detail: 'Send it as Authorization: Bearer, or in the body.' })
}

/** Demands an api key: `Authorization: Bearer <key>`. Throws `api_key_invalid`, whatever is wrong with it, or `token_in_url`. */
export async function demandApiKey(call: Call, auth: Auth, kind: ApiKeyKind = 'backend'): Promise<void> {
  refuseTokenInUrl(call)
  const key = BEARER.exec(call.header('authorization') ?? '')?.[1]
  if (key === undefined || !(await auth.apiKeys.isValid(key, kind))) throw new AuthError('api_key_invalid', { detail: `Make a key with: tongxing api-keys create NAME${kind === 'admin' ? ' --admin' : ''}` })
}
