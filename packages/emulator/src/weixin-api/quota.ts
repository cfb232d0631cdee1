import type { Wechat } from '../wechat.js'
import { refuse } from './answer.js'
import type { Refusal } from './answer.js'

/** Counts a call of an app; a refusal when it is one too many. `tooFast` is what the path says to too many in a minute. */
export function overQuota(appid: string, path: string, { quotas }: Wechat, tooFast = 45011): Refusal | undefined {
  const beyond = quotas.take(appid, path)
  if (beyond === undefined) return undefined
  return refuse(beyond === 'day' ? 45009 : tooFast)
}
