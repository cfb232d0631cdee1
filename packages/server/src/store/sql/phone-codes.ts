import type { Transaction } from 'kysely'
import type { ClaimedPhoneCode, PhoneCodeClaim, PhoneCodeStore } from '../store.js'
import type { SqlAccess } from './access.js'
import type { Tables } from './schema.js'

/** Codes of the phone button. */
export function phoneCodesOn({ inTransaction }: SqlAccess): PhoneCodeStore {
  return {
    claimPhoneCode: (claim) => inTransaction((tx) => claimOn(tx, claim)),

    endPhoneCode: (hash, outcome) => inTransaction(async (tx) => {
      if (outcome === 'unsent') await tx.deleteFrom('phone_codes').where('hash', '=', hash).execute()
      else await tx.updateTable('phone_codes').set({ state: 'refused' }).where('hash', '=', hash).execute()
    }),
  }
}

async function claimOn(tx: Transaction<Tables>, { hash, appid, uid, at, since, mostOfUser, mostOfApp }: PhoneCodeClaim): Promise<ClaimedPhoneCode> {
  const known = await tx.selectFrom('phone_codes').select(['uid', 'state']).where('hash', '=', hash).executeTakeFirst()
  if (known) return known.uid !== uid ? 'foreign' : known.state === 'bound' ? 'bound' : 'unbound'
  const count = async (column: 'uid' | 'appid', value: string): Promise<number> => {
    const { exchanges } = await tx.selectFrom('phone_codes').select((row) => row.fn.countAll<number>().as('exchanges'))
      .where(column, '=', value).where('at', '>', since).where('state', '!=', 'refused').executeTakeFirstOrThrow()
    return Number(exchanges)
  }
  if (mostOfUser !== null && await count('uid', uid) >= mostOfUser) return 'user_limit'
  if (mostOfApp !== null && await count('appid', appid) >= mostOfApp) return 'app_limit'
  await tx.insertInto('phone_codes').values({ hash, appid, uid, at, state: 'claimed' }).execute()
  return 'claimed'
}
