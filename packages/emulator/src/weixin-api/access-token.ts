import type { AccessTokens } from '../access-tokens.js'
import type { State } from '../state.js'
import { refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'

interface Ask {
  readonly appid: string
  readonly secret: string
  readonly grantType: string
}

type Parts = { readonly state: State, readonly accessTokens: AccessTokens }

/** `GET /cgi-bin/token`: a new access_token with each call. */
export function token(query: URLSearchParams, { state, accessTokens }: Parts): ApiAnswer {
  const ask = { appid: query.get('appid') ?? '', secret: query.get('secret') ?? '', grantType: query.get('grant_type') ?? '' }
  return check(ask, state) ?? given(accessTokens.classic(ask.appid))
}

/** `POST /cgi-bin/stable_token`: the same access_token for every caller. */
export function stableToken(_query: URLSearchParams, { state, accessTokens }: Parts, body: unknown): ApiAnswer {
  const { appid = '', secret = '', grant_type: grantType = '', force_refresh: force = false } = Object(body) as Record<string, unknown>
  const ask = { appid: String(appid), secret: String(secret), grantType: String(grantType) }
  return check(ask, state) ?? given(accessTokens.stable(ask.appid, force === true))
}

function check({ appid, secret, grantType }: Ask, state: State): ApiAnswer | undefined {
  if (grantType !== 'client_credential') return refuse(40002)
  if (appid === '') return refuse(41002)
  if (secret === '') return refuse(41004)
  const app = state.findApp(appid)
  if (app === undefined) return refuse(40013)
  return app.secret === secret ? undefined : refuse(40125)
}

function given({ token: accessToken, expiresIn }: { token: string, expiresIn: number }): ApiAnswer {
  return { body: { access_token: accessToken, expires_in: expiresIn } }
}
