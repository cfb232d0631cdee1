import { AuthError } from './errors.js'
import type { Login } from './login.js'
import type { Settings } from './options.js'
import { problemOf } from './problem.js'
import type { WxResponse } from './wx.js'
import { callWx } from './wx.js'

/**
 * Runs `work` while WeChat's session_key is alive: asks wx.checkSession first (once per launch and login), and logs in when it is dead.
 * Only for work that produces and sends encrypted data, and started before the data is produced.
 *
 * When the server could not open the data (`session_key_stale`, `encrypted_data_invalid`), it logs in once more and rejects with the
 * server's problem and `action: 'ask_user'`: the person has to tap again, because the data was made with the key before.
 *
 * ```ts
 * const { data } = await client.sensitive(async () => client.post('/v1/me/profile', await wx.getUserInfo({ withCredentials: true })))
 * ```
 */
export type Sensitive = <T>(work: () => T | Promise<T>) => Promise<T>

const STALE = /^(session_key_stale|encrypted_data_invalid)$/

/** `client.sensitive`. */
export function createSensitive(settings: Settings, login: Login): Sensitive {
  // WeChat limits wx.checkSession as it limits wx.login: the answer holds until the next wx.login.
  let checked: { readonly codes: number, readonly alive: Promise<unknown> } | undefined

  async function alive(): Promise<unknown> {
    await login.ready()
    const codes = login.codes()
    if (!checked || checked.codes !== codes) {
      const again = () => login.login({ force: true })
      checked = { codes, alive: callWx(settings, 'checkSession', { timeout: settings.loginTimeout }, 'NETWORK').then(undefined, again) }
    }
    return checked.alive
  }

  return async (work) => {
    await alive()
    try {
      const result = await work()
      const { statusCode = 0 } = Object(result) as Partial<WxResponse>
      const problem = statusCode >= 400 && problemOf(result as unknown as WxResponse)
      if (problem && STALE.test(problem.code)) throw new AuthError('REFUSED', { problem, cause: problem })
      return result
    } catch (error) {
      const { problem } = Object(error) as Partial<AuthError>
      if (problem && STALE.test(problem.code)) await login.login({ force: true })
      throw error
    }
  }
}
