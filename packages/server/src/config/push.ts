import { secret } from '../secret.js'
import type { Secret } from '../secret.js'

/** WeChat's message push to this service, as it is set in the WeChat console (消息推送); the address there is `https://…/v1/wechat/push/APPID`. */
export interface PushOptions {
  /** Token of the console, 3 to 32 letters and digits. */
  readonly token: string
  /** EncodingAESKey of the console, 43 characters; needed unless `mode` is `plain`. */
  readonly encodingAESKey?: string
  /** As in the console. In `plain` mode the signature does not cover the event: prefer `safe`. Default: `safe`. */
  readonly mode?: 'plain' | 'compatible' | 'safe'
}

/** The push of one app, checked. */
export interface PushConfig {
  readonly token: Secret
  /** null in plain mode: what is encrypted is refused then, and elsewhere what is not. */
  readonly encodingAESKey: Secret | null
}

/** Checks the push of one app; null when it has none. */
export function checkPush(name: string, push: PushOptions | undefined, problems: string[]): PushConfig | null {
  if (push === undefined) return null
  const { token, encodingAESKey, mode = 'safe' } = push
  if (!['plain', 'compatible', 'safe'].includes(mode)) problems.push(`"${name}.mode" must be plain, compatible or safe`)
  if (!/^[A-Za-z0-9]{3,32}$/.test(String(token))) problems.push(`"${name}.token" must be 3 to 32 letters and digits`)
  if (mode !== 'plain' && !/^[A-Za-z0-9]{43}$/.test(String(encodingAESKey))) problems.push(`"${name}.encodingAESKey" must be the 43 characters from the WeChat console`)
  return { token: secret(String(token)), encodingAESKey: mode === 'plain' ? null : secret(String(encodingAESKey)) }
}
