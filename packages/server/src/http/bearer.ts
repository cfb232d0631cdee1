import type { ApiKeyKind, Auth } from '../auth.js'
import { AuthError } from '../errors.js'
import type { Call } from './endpoint.js'

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,512}=*)$/
const IN_URL = /[?&](token|access_token|session|authorization)=/i

/**
 * The token of a request: `Authorization: Bearer <token>`, one header, one value, nowhere else.
 * Throws `token_missing`, `token_malformed`, or `token_in_url` (URLs end up in logs and referrers).
 */
export function bearerOf(call: Call): string {
  if (call.url.includes('?') && IN_URL.test(call.url)) throw new AuthError('token_in_url', { detail: 'Send the token as Authorization: Bearer <token>.' })
  const header = call.header('authorization')
  if (header === undefined) throw new AuthError('token_missing')
  const token = BEARER.exec(header)?.[1]
  if (token === undefined) throw new AuthError('token_malformed')
  return token
}

/** Demands an api key: `Authorization: Bearer <key>`. Throws `api_key_invalid`, whatever is wrong with it. */
export async function demandApiKey(call: Call, auth: Auth, kind: ApiKeyKind = 'backend'): Promise<void> {
  const key = BEARER.exec(call.header('authorization') ?? '')?.[1]
  if (key === undefined || !(await auth.apiKeys.isValid(key, kind))) throw new AuthError('api_key_invalid', { detail: `Make a key with: tongxing api-keys create NAME${kind === 'admin' ? ' --admin' : ''}` })
}
