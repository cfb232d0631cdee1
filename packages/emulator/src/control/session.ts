import type { Wechat } from '../wechat.js'
import { ControlError, requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/session` `{appid, person, expire: true}`: WeChat's session_key of that user is dead from now on. */
export function expireSession(fields: Fields, { state, codes }: Wechat): unknown {
  const user = requiredUser(fields, state)
  if (fields['expire'] !== true) throw new ControlError(400, '"expire" must be true; expiring is all that can be done to a session')
  const wasLive = codes.hasLiveKey(user)
  codes.expire(user)
  return { ok: true, wasLive }
}
