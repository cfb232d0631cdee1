import type { App } from '../config.js'
import { AuthError } from '../errors.js'
import type { StoredSealer } from '../secret.js'
import type { Store } from '../store/store.js'
import type { SessionKeys } from '../user/session-key.js'
import { createAccessTokens } from '../wechat/access-token.js'
import type { TrySecrets } from '../wechat/app-secret.js'
import { callWechat } from '../wechat/call.js'
import type { WechatCall } from '../wechat/call.js'
import type { Lines, Trouble } from '../wechat/line.js'
import { createSessionKeyControl } from './session-keys.js'
import type { SessionKeyControl } from './session-keys.js'

/** WeChat's server API, for the back end. */
export interface Wechat extends SessionKeyControl {
  /**
   * Calls any API, for example `auth.wechat.call(appid, '/wxa/msg_sec_check', { body })`.
   * Throws `app_unknown`, `wx_call_failed` with WeChat's errcode, or the `wx_…` codes of the connection.
   */
  readonly call: WechatCall
  /** What stands between an app and WeChat right now: a configuration that WeChat refuses, an outage, a quota that is used up. */
  troubles(): readonly Trouble[]
}

export interface WechatParts {
  readonly apps: readonly App[]
  readonly lines: Lines
  readonly trySecrets: TrySecrets
  readonly store: Store
  readonly sealer: StoredSealer
  readonly sessionKeys: SessionKeys
  /** Wall time in ms. */
  readonly now: () => number
}

export function createWechat({ apps, lines, trySecrets, store, sealer, sessionKeys, now }: WechatParts): Wechat {
  const tokens = createAccessTokens({ lines, trySecrets, store, sealer, now })
  const call: WechatCall = async (appid, path, options) => {
    const app = apps.find((known) => known.appid === appid)
    if (!app) throw new AuthError('app_unknown')
    return callWechat(lines.of(appid), tokens, app, path, options)
  }
  return { call, troubles: () => lines.troubles(), ...createSessionKeyControl({ store, sessionKeys, call }) }
}
