import type { FaultRule } from './fault-rule.js'

/** An HTTP answer. */
export interface HttpAnswer {
  readonly status: number
  /** Its content-type. */
  readonly type: string
  readonly body: Buffer
}

const BAD_GATEWAY = '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n'

/** Whether the rule has an answer of its own: the real one, if the work is done at all, is thrown away. */
export function replacesAnswer({ drop, body, errcode, status, html502 }: FaultRule): boolean {
  return drop === true || html502 === true || [body, errcode, status].some((value) => value !== undefined)
}

/** The answer of a rule that replaces it. `own` is the body where the rule gives none. */
export function replacement({ body, status = 200, html502 }: FaultRule, type: string, own: string): HttpAnswer {
  if (html502 === true) return { status: 502, type: 'text/html', body: Buffer.from(BAD_GATEWAY) }
  return { status, type, body: Buffer.from(body ?? own) }
}

/** The real answer, cut or garbled. */
export function spoil({ truncate, garble }: FaultRule, answer: HttpAnswer): HttpAnswer {
  const kept = truncate === true ? answer.body.subarray(0, Math.floor(answer.body.length / 2)) : answer.body
  // With the highest bit turned no byte of a JSON text stays ASCII, and the whole is no UTF-8.
  return { ...answer, body: garble === true ? Buffer.from(kept.map((byte) => byte ^ 0x80)) : kept }
}
