import { checkContent } from '../content-rules.js'
import { makeRid } from '../envelope.js'
import { makeMediaCheckEvent } from '../push/media-check.js'
import type { AppUser } from '../state.js'
import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'
import { textOf } from './call.js'
import type { ApiCall } from './call.js'
import { detailOf, findVisitor } from './msg-sec-check.js'

/** An address that holds this cannot be fetched: the event says -1008. */
const UNREACHABLE = 'emulated-unreachable'

/** `POST /wxa/media_check_async`: takes a picture or sound to be looked at; what comes of it is pushed as `wxa_media_check`. */
export function mediaCheckAsync(call: ApiCall, wechat: Wechat): ApiAnswer {
  const url = textOf(call, 'media_url')
  const { media_type: type, version } = call.body
  if (url === '' || version !== 2) return refuse(47001)
  if (type !== 1 && type !== 2) return refuse(40004)
  const visitor = findVisitor(call, wechat)
  if ('errcode' in visitor) return visitor
  const traceId = makeRid(wechat.clock.now(), wechat.random)
  wechat.clock.after(wechat.mediaCheckMs, () => tell(url, traceId, visitor, wechat))
  return ok({ trace_id: traceId })
}

function tell(url: string, traceId: string, user: AppUser, { contentRules, clock, push, state }: Wechat): void {
  if (!state.findApp(user.appid)?.push) {
    process.stderr.write(`tongxing-emulator: nobody hears of media check ${traceId}: app ${user.appid} has no "push"\n`)
    return
  }
  const check = url.includes(UNREACHABLE) ? undefined : checkContent(url, contentRules)
  const event = makeMediaCheckEvent({ appid: user.appid, traceId, check, detail: check === undefined ? [] : detailOf(check) }, clock.now())
  push.message(user, event).catch((error: unknown) => {
    process.stderr.write(`tongxing-emulator: media check ${traceId} was not pushed: ${String(error)}\n`)
  })
}
