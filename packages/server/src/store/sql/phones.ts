import type { PhoneStore } from '../store.js'
import type { SqlAccess } from './access.js'

/** Phone numbers, sealed. */
export function phonesOn({ db, inTransaction }: SqlAccess): PhoneStore {
  return {
    async findPhone(uid) {
      const row = await db.selectFrom('phones').select(['sealed', 'country_code as countryCode', 'verified_at as verifiedAt']).where('uid', '=', uid).executeTakeFirst()
      return row ?? null
    },

    savePhone: (uid, { sealed, countryCode, verifiedAt }, blind) => inTransaction(async (tx) => {
      await tx.deleteFrom('phones').where((row) => row.or([row('uid', '=', uid), row('blind', 'in', blind)])).execute()
      await tx.insertInto('phones').values({ uid, sealed, blind: blind[0], country_code: countryCode, verified_at: verifiedAt }).execute()
    }),
  }
}
