import type { PhoneStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { isLive } from './sessions.js'
import { isUser } from './users.js'

/** Phone numbers, sealed. */
export function phonesOn({ db, inTransaction, writeAudit }: SqlAccess): PhoneStore {
  return {
    async findPhone(uid) {
      const row = await db.selectFrom('phones').select(['sealed', 'country_code as countryCode', 'verified_at as verifiedAt']).where('uid', '=', uid).executeTakeFirst()
      return row ?? null
    },

    phonesAfter: (uid, limit) => db.selectFrom('phones').select(['uid', 'sealed', 'country_code as countryCode']).where('uid', '>', uid).orderBy('uid').limit(limit).execute(),

    resealPhone: (was, sealed, blind) => inTransaction(async (tx) => {
      const done = await tx.updateTable('phones').set({ sealed, blind }).where('uid', '=', was.uid).where('sealed', '=', was.sealed).executeTakeFirst()
      return done.numUpdatedRows > 0n
    }),

    savePhone: (uid, { sealed, countryCode, verifiedAt }, blind, { sessionId, codeHash } = {}) => inTransaction(async (tx) => {
      if (!(await isUser(tx, uid)) || (sessionId !== undefined && !(await isLive(tx, sessionId)))) return false
      const had = await tx.deleteFrom('phones').where((row) => row.or([row('uid', '=', uid), row('blind', 'in', blind)])).returning('uid').execute()
      await tx.insertInto('phones').values({ uid, sealed, blind: blind[0], country_code: countryCode, verified_at: verifiedAt }).execute()
      if (codeHash !== undefined) await tx.updateTable('phone_codes').set({ state: 'bound' }).where('hash', '=', codeHash).execute()
      const taken = had.filter((row) => row.uid !== uid).map((row) => ({ at: verifiedAt, event: 'phone_taken' as const, uid: row.uid }))
      await writeAudit(tx, [...taken, { at: verifiedAt, event: 'phone_bound', uid }])
      return true
    }),
  }
}
