import { isAuthError } from '../errors.js'
import { reveal } from '../secret.js'
import type { AccessTokens } from './access-token.js'
import type { SecretApp } from './app-secret.js'
import type { Line } from './line.js'
import type { Query } from './upstream.js'

/** What goes with a call of WeChat's API besides the access_token. */
export interface CallOptions {
  readonly query?: Query
  /** Sent as JSON by POST; without it the call is a GET. */
  readonly body?: object
}

/** A call of any API of WeChat's, with the app's access_token put in. */
export type WechatCall = (appid: string, path: string, options?: CallOptions) => Promise<Record<string, unknown>>

/** The errcodes with which WeChat refuses an access_token. */
const TOKEN_REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001])

/**
 * Calls any API of WeChat's with the app's access_token, `/wxa/…` or `/cgi-bin/…`. A refused token is replaced and the call made once more.
 * Throws `wx_call_failed` with WeChat's errcode, the `wx_…` codes of the connection, or `wx_config_error`.
 */
export async function callWechat(line: Line, tokens: AccessTokens, app: SecretApp, path: string, options: CallOptions = {}): Promise<Record<string, unknown>> {
  for (let refused = 0; ; refused++) {
    const token = await tokens.get(app)
    const query = { access_token: reveal(token), ...options.query }
    try {
      return await (options.body ? line.post(path, query, options.body) : line.get(path, query))
    } catch (error) {
      if (refused > 0 || !isAuthError(error) || !TOKEN_REFUSED.has(error.wechat?.errcode ?? 0)) throw error
      await tokens.refuse(app, token)
    }
  }
}
