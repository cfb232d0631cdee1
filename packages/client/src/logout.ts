import type { LogoutRequest } from '@tongxing/protocol'
import type { Settings } from './options.js'
import { answerError } from './problem.js'
import type { SessionState } from './session.js'
import { callWx } from './wx.js'
import type { WxResponse } from './wx.js'

/** What a log-out covers. */
export interface LogoutOptions {
  /** False: only this phone forgets; the server is not told. Default: true. */
  readonly server?: boolean
  /** True: ends the user's sessions on all devices. */
  readonly everywhere?: boolean
}

/**
 * The phone forgets at once and stays signed out, whatever happens next. Then the server is told, without any retry or login:
 * the promise rejects when it was not reached, so that the app can say so.
 */
export async function logout(settings: Settings, session: SessionState, options: LogoutOptions = {}): Promise<void> {
  const { server = true, everywhere = false } = options
  const now = session.current()
  session.signOut()
  if (!now || !server) return
  const data: LogoutRequest = everywhere ? { everywhere } : {}
  const response = await callWx<WxResponse>(settings, 'request', {
    url: settings.baseURL + settings.endpoints.logout,
    method: 'POST',
    header: settings.header(now.token),
    data,
    timeout: settings.requestTimeout,
  }, 'NETWORK')
  // A session that was dead already needs no log-out; but then nothing ended the other ones.
  if (response.statusCode >= 300 && (response.statusCode !== 401 || everywhere)) throw answerError(response, 'REFUSED')
}
