import { findBreak } from '../audit.js'
import type { AuditMark, AuditRecord } from '../audit.js'
import type { Store } from '../store/store.js'

/** What happened, who did it by pseudonym, and the proof that nobody changed it afterwards. */
export interface Audit {
  /** Events in their order. */
  read(range?: AuditRange): Promise<readonly AuditRecord[]>
  /** The end of the chain. Kept outside the database, it proves later that everything up to here is still as it was. */
  head(): Promise<AuditMark>
  /**
   * Follows the chain from its beginning. Finds every row that was changed, deleted, inserted or moved; whoever rewrites the whole chain
   * is found when `known` is a head that was kept elsewhere.
   */
  verify(known?: AuditMark): Promise<AuditVerdict>
}

/** Which events to read. */
export interface AuditRange {
  /** The `seq` behind which to begin. Default: 0. */
  readonly after?: number
  /** At most so many, 1 to 1000. Default: 100. */
  readonly limit?: number
}

/** What following the chain has shown. */
export type AuditVerdict =
  | { readonly intact: true, readonly events: number, readonly head: AuditMark }
  /** `at`: the first number that is wrong; what stands before it is as it was written. */
  | { readonly intact: false, readonly at: number }

const PAGE = 1000
const DEFAULT_LIMIT = 100

export function createAudit(store: Store): Audit {
  return {
    read: ({ after = 0, limit = DEFAULT_LIMIT } = {}) => store.auditAfter(after, Math.min(Math.max(limit, 1), PAGE)),
    head: async () => (await store.auditEnds()).head,
    verify: (known) => verify(store, known),
  }
}

async function verify(store: Store, known?: AuditMark): Promise<AuditVerdict> {
  const { start, head } = await store.auditEnds()
  const at = await firstWrong(store, start, head, known)
  if (at === null) return { intact: true, events: head.seq - start.seq, head }
  // Pruning in the meantime moves the beginning, and is no gap.
  const moved = (await store.auditEnds()).start.seq > start.seq
  return moved ? verify(store, known) : { intact: false, at }
}

async function firstWrong(store: Store, start: AuditMark, head: AuditMark, known?: AuditMark): Promise<number | null> {
  const differs = ({ seq, hash }: AuditMark): boolean => seq === known?.seq && hash !== known.hash
  if (known && known.seq > head.seq) return head.seq + 1
  if (differs(start)) return start.seq
  let last = start
  while (last.seq < head.seq) {
    const page = (await store.auditAfter(last.seq, PAGE)).filter(({ seq }) => seq <= head.seq)
    const broken = findBreak(last, page) ?? page.find(differs)?.seq ?? null
    if (broken !== null || page.length === 0) return broken ?? last.seq + 1
    last = page.at(-1)!
  }
  return last.hash === head.hash ? firstBeyond(store, head) : head.seq
}

// A row behind the end that no mark knows of was written by somebody else. The row is read first: its writer moves the mark with it.
async function firstBeyond(store: Store, { seq: after }: AuditMark): Promise<number | null> {
  const [next] = await store.auditAfter(after, 1)
  const { head } = await store.auditEnds()
  return next && next.seq > head.seq ? next.seq : null
}
