import { checkContent } from '../content-rules.js'
import type { ContentCheck } from '../content-rules.js'
import { makeRid } from '../envelope.js'
import type { AppUser } from '../state.js'
import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer, Refusal } from './answer.js'
import { textOf } from './call.js'
import type { ApiCall } from './call.js'

/** Longest text in characters. */
const LONGEST_CONTENT = 2500
/** ms for which a visit of the user counts. */
const VISIT = 2 * 3600_000

/** `POST /wxa/msg_sec_check`: what WeChat thinks of a text. Without `version: 2` the retired first version answers, which knows only good and 87014. */
export function msgSecCheck(call: ApiCall, wechat: Wechat): ApiAnswer {
  const content = textOf(call, 'content')
  if (content === '' || [...content].length > LONGEST_CONTENT) return refuse(47001)
  if (call.body['version'] !== 2) return checkContent(content, wechat.contentRules).suggest === 'risky' ? refuse(87014) : ok()
  const visitor = findVisitor(call, wechat)
  if ('errcode' in visitor) return visitor
  const texts = [content, ...['title', 'nickname', 'signature'].map((name) => textOf(call, name))]
  const check = checkContent(texts.join('\n'), wechat.contentRules)
  const { suggest, label } = check
  return ok({ result: { suggest, label }, detail: detailOf(check), trace_id: makeRid(wechat.clock.now(), wechat.random) })
}

/** What both content checks ask of `scene` and `openid`: the user must have been in the app within two hours. */
export function findVisitor(call: ApiCall, { state, codes, clock }: Wechat): AppUser | Refusal {
  const { scene } = call.body
  if (scene !== 1 && scene !== 2 && scene !== 3 && scene !== 4) return refuse(40129)
  const openid = textOf(call, 'openid')
  const user = state.findByOpenid(call.appid, openid)
  if (user === undefined) return refuse(state.apps.some(({ appid }) => state.findByOpenid(appid, openid) !== undefined) ? 43104 : 40003)
  const seen = codes.lastIssued(user)
  return seen !== undefined && clock.now() - seen <= VISIT ? user : refuse(61010)
}

/** The `detail` of both content checks: the model's opinion, then each rule that hit. */
export function detailOf({ suggest, label, hits }: ContentCheck): object[] {
  return [
    { strategy: 'content_model', errcode: 0, suggest, label, prob: 90 },
    ...hits.map((hit) => ({ strategy: 'keyword', errcode: 0, suggest: hit.suggest, label: hit.label, level: 90, keyword: hit.text })),
  ]
}
