/** What the server API does wrong, and how often. Of several members the first of drop, body, errcode decides; delayMs comes on top. */
export interface FaultRule {
  /** A WeChat path, such as `/sns/jscode2session`. */
  readonly path: string
  /** Answer this errcode. */
  readonly errcode?: number
  /** Answer so many real ms later. */
  readonly delayMs?: number
  /** Cut the connection instead of answering. */
  readonly drop?: boolean
  /** Answer this text as it stands. */
  readonly body?: string
  /** HTTP status of the answer. Default: 200. */
  readonly status?: number
  /** True: do the real work first (the code is used up), then go wrong. Default: false. */
  readonly after?: boolean
  /** How many calls. Default: 1; Infinity until undone. */
  readonly times?: number
}

/** Rules in the order in which they were set. */
export interface Faults {
  /** Returns the undo. Throws TypeError when a member makes no sense. */
  add(rule: FaultRule): () => void
  /** The rule for the next call of this path, counted down. */
  take(path: string): FaultRule | undefined
  clear(): void
}

/** No faults to begin with. */
export function createFaults(): Faults {
  const rules = new Set<{ readonly rule: FaultRule, left: number }>()
  return {
    add(rule) {
      checkRule(rule)
      const entry = { rule, left: rule.times ?? 1 }
      rules.add(entry)
      return () => { rules.delete(entry) }
    },
    take(path) {
      for (const entry of rules) {
        if (entry.rule.path !== path) continue
        if (--entry.left <= 0) rules.delete(entry)
        return entry.rule
      }
      return undefined
    },
    clear() { rules.clear() },
  }
}

/** What a timer takes; beyond it it would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1

function checkRule({ path, errcode, delayMs, times, status }: FaultRule): void {
  const problems: string[] = []
  if (typeof path !== 'string' || !path.startsWith('/')) problems.push('"path" must be a path such as "/sns/jscode2session"')
  if (errcode !== undefined && !Number.isInteger(errcode)) problems.push('"errcode" must be a whole number')
  if (delayMs !== undefined && !(delayMs >= 0 && delayMs <= LONGEST_DELAY)) problems.push(`"delayMs" must be 0 to ${LONGEST_DELAY} milliseconds`)
  if (times !== undefined && !(times >= 1)) problems.push('"times" must be 1 or more')
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) problems.push('"status" must be 200 to 599')
  if (problems.length > 0) throw new TypeError(`fault rule: ${problems.join('; ')}`)
}
