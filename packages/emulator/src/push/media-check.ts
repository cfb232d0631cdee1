import type { ContentCheck } from '../content-rules.js'
import type { PushMessage } from './event.js'
import { originalIdOf } from './event.js'

/** What came of looking at a picture or a sound. */
export interface MediaVerdict {
  readonly appid: string
  readonly traceId: string
  /** The verdict, or undefined when the address could not be fetched. */
  readonly check: ContentCheck | undefined
  readonly detail: readonly object[]
}

/** Errcode of an address that WeChat could not fetch. */
const DOWNLOAD_FAILED = -1008

/** The event `wxa_media_check`. `now` in ms. */
export function makeMediaCheckEvent({ appid, traceId, check, detail }: MediaVerdict, now: number): PushMessage {
  return {
    ToUserName: originalIdOf(appid),
    // Not the user: WeChat's docs call it the name of the pushing service.
    FromUserName: originalIdOf(`${appid} media check`).replace('gh_', 'o'),
    CreateTime: Math.floor(now / 1000),
    MsgType: 'event',
    Event: 'wxa_media_check',
    appid,
    trace_id: traceId,
    version: 2,
    ...check === undefined ? { errcode: DOWNLOAD_FAILED, errmsg: 'download media error' } : { detail, errcode: 0, errmsg: 'ok', result: { suggest: check.suggest, label: check.label } },
  }
}
