import { unreadable } from './answer.js'
import type { WechatCall } from './call.js'
import { SCENE_PROFILE, inContentCheck } from './content-check.js'
import type { PushMessage } from './push.js'

const IMAGE = 2

/**
 * Has WeChat look at the picture at a public address (`POST /wxa/media_check_async`, version 2); returns the trace id under which the verdict
 * comes as the event `wxa_media_check`, within half an hour. Throws the codes of {@link WechatCall}; `relogin` only when the person must be seen first.
 */
export async function submitPicture(call: WechatCall, appid: string, openid: string, url: string): Promise<string> {
  return inContentCheck(async () => {
    const { trace_id: traceId } = await call(appid, '/wxa/media_check_async', { body: { media_url: url, media_type: IMAGE, version: 2, scene: SCENE_PROFILE, openid } })
    if (typeof traceId !== 'string' || traceId === '') throw unreadable('media_check_async', 'no trace_id in the answer')
    return traceId
  })
}

/** What WeChat says of a picture. `unchecked`: it could not look at it. */
export type PictureOpinion = 'pass' | 'review' | 'risky' | 'unchecked'

/** The verdict in the event `wxa_media_check`; null when it names no picture. */
export function readMediaVerdict({ trace_id: traceId, errcode, result }: PushMessage): { readonly traceId: string, readonly opinion: PictureOpinion } | null {
  if (typeof traceId !== 'string' || traceId === '') return null
  const { suggest } = (result ?? {}) as { suggest?: unknown }
  const isKnown = suggest === 'pass' || suggest === 'review' || suggest === 'risky'
  // A number in JSON, a text in XML.
  return { traceId, opinion: Number(errcode) === 0 && isKnown ? suggest : 'unchecked' }
}
