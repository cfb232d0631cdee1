import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import { chainAudit } from '../../audit.js'
import type { AuditMark, AuditRecord } from '../../audit.js'
import type { Pseudonymise } from '../../log.js'
import type { AuditNote, AuditStore } from '../store.js'
import type { SqlAccess } from './access.js'
import type { Tables } from './schema.js'

type Tx = Transaction<Tables>

// An engine binds 32766 values a statement.
const MOST_ROWS = 1000

/** Writes events within the transaction of what they tell of; the last statements of it, so that the chain's row is locked for short. */
export type WriteAudit = (tx: Tx, notes: readonly AuditNote[]) => Promise<void>

export function createWriteAudit(pseudonym: Pseudonymise): WriteAudit {
  return async (tx, notes) => {
    if (notes.length === 0) return
    const last = await lockHead(tx, notes.length)
    const records = chainAudit(last, notes.map(({ at, event, uid, appid = null, subject = null, detail = null }) => ({
      at, event, user: uid === null ? null : pseudonym(uid), appid, subject, detail,
    })))
    for (let i = 0; i < records.length; i += MOST_ROWS) await tx.insertInto('audit').values(records.slice(i, i + MOST_ROWS)).execute()
    await saveMark(tx, 'head', records.at(-1)!)
  }
}

// Like the counter of revocations: locked until the transaction commits, so that the chain has one order.
async function lockHead(tx: Tx, events: number): Promise<AuditMark> {
  const head = await tx.updateTable('audit_marks').set({ seq: sql<number>`seq + ${events}` }).where('name', '=', 'head').returning(['seq', 'hash']).executeTakeFirstOrThrow()
  return { seq: head.seq - events, hash: head.hash }
}

async function saveMark(tx: Tx, name: 'start' | 'head', { seq, hash }: AuditMark): Promise<void> {
  await tx.updateTable('audit_marks').set({ seq, hash }).where('name', '=', name).execute()
}

/** The audit log. */
export function auditOn({ db, inTransaction, writeAudit }: SqlAccess): AuditStore {
  return {
    addAudit: (notes) => inTransaction((tx) => writeAudit(tx, notes)),

    auditAfter: (seq, limit, users) => {
      const rows = db.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit)
      return (users ? rows.where('user', 'in', users) : rows).execute()
    },

    async auditEnds() {
      const rows = await db.selectFrom('audit_marks').selectAll().execute()
      const mark = (wanted: string): AuditMark => {
        const { seq, hash } = rows.find(({ name }) => name === wanted)!
        return { seq, hash }
      }
      return { start: mark('start'), head: mark('head') }
    },

    pruneAudit: (before, limit) => inTransaction(async (tx) => {
      const oldest = await tx.selectFrom('audit').select(['seq', 'hash', 'at']).orderBy('seq').limit(limit).execute()
      const last = lastOlder(oldest, before)
      if (!last) return
      await tx.deleteFrom('audit').where('seq', '<=', last.seq).execute()
      await saveMark(tx, 'start', last)
    }),
  }
}

// Only from the beginning on: a gap within the chain could not be told from a deletion.
function lastOlder(oldest: readonly Pick<AuditRecord, 'seq' | 'hash' | 'at'>[], before: number): AuditMark | undefined {
  const firstKept = oldest.findIndex(({ at }) => at >= before)
  return oldest[(firstKept < 0 ? oldest.length : firstKept) - 1]
}
