import type { ConsentStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { isUser } from './users.js'

/** What users agreed to. */
export function consentsOn({ db, inTransaction, writeAudit }: SqlAccess): ConsentStore {
  return {
    giveConsent: (uid, purpose, version, at) => inTransaction(async (tx) => {
      if (!(await isUser(tx, uid))) return false
      const standing = await tx.selectFrom('consents').select('version')
        .where('uid', '=', uid).where('purpose', '=', purpose).where('version', '=', version).where('withdrawn_at', 'is', null).executeTakeFirst()
      if (standing) return true
      await tx.insertInto('consents').values({ uid, purpose, version, given_at: at, withdrawn_at: null }).execute()
      await writeAudit(tx, [{ at, event: 'consent_given', uid, subject: purpose, detail: version }])
      return true
    }),

    withdrawConsent: (uid, purpose, at) => inTransaction(async (tx) => {
      const withdrawn = await tx.updateTable('consents').set({ withdrawn_at: at })
        .where('uid', '=', uid).where('purpose', '=', purpose).where('withdrawn_at', 'is', null).executeTakeFirst()
      if (withdrawn.numUpdatedRows === 0n) return false
      await writeAudit(tx, [{ at, event: 'consent_withdrawn', uid, subject: purpose }])
      return true
    }),

    findConsents: (uid) => db.selectFrom('consents').select(['purpose', 'version', 'given_at as givenAt', 'withdrawn_at as withdrawnAt'])
      .where('uid', '=', uid).orderBy('given_at').orderBy('purpose').orderBy('version').execute(),
  }
}
