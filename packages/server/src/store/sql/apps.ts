import type { Transaction } from 'kysely'
import { LONGEST_SESSION_MS } from '../store.js'
import type { AppStore, Revocation } from '../store.js'
import type { SqlAccess } from './access.js'
import { FOR_GOOD, appendRevocation } from './revocations.js'
import type { Tables } from './schema.js'

/** Switching apps off and on. */
export function appsOn({ db, inTransaction, writeAudit }: SqlAccess): AppStore {
  return {
    disableApp: (appid, at) => inTransaction(async (tx) => {
      await tx.insertInto('disabled_apps').values({ appid, disabled_at: at }).onConflict((known) => known.column('appid').doNothing()).execute()
      const revocation = await tell(tx, { appid, disabled: true, until: FOR_GOOD })
      await writeAudit(tx, [{ at, event: 'app_disabled', uid: null, appid }])
      return revocation
    }),

    enableApp: (appid, at) => inTransaction(async (tx) => {
      const enabled = await tx.deleteFrom('disabled_apps').where('appid', '=', appid).executeTakeFirst()
      if (enabled.numDeletedRows === 0n) return null
      const revocation = await tell(tx, { appid, disabled: false, until: at + LONGEST_SESSION_MS })
      await writeAudit(tx, [{ at, event: 'app_enabled', uid: null, appid }])
      return revocation
    }),

    findDisabledApps: () => db.selectFrom('disabled_apps').select(['appid', 'disabled_at as disabledAt']).orderBy('appid').execute(),
  }
}

// The feed holds one line an app: a reader who has not seen the last one needs none before it.
async function tell(tx: Transaction<Tables>, { appid, disabled, until }: { appid: string, disabled: boolean, until: number }): Promise<Revocation> {
  await tx.deleteFrom('revocations').where('kind', '=', 'app').where('subject', '=', appid).execute()
  return appendRevocation(tx, { kind: 'app', subject: appid, epoch: Number(disabled), reason: 'app_disabled', until })
}
