import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import type { Pseudonymise } from '../../log.js'
import { createGroupCommit } from '../group-commit.js'
import type { LoginRecord, RecordedLogin, Store } from '../store.js'
import type { SqlAccess } from './access.js'
import { accessTokensOn } from './access-tokens.js'
import { apiKeysOn } from './api-keys.js'
import { appsOn } from './apps.js'
import { auditOn, createWriteAudit } from './audit.js'
import { avatarsOn } from './avatars.js'
import { consentsOn } from './consents.js'
import { erasuresOn } from './erasures.js'
import { encryptedDataOn } from './encrypted-data.js'
import { importsOn } from './imports.js'
import { mergesOn } from './merges.js'
import { phoneCodesOn } from './phone-codes.js'
import { phonesOn } from './phones.js'
import { pictureChecksOn } from './picture-checks.js'
import { prune } from './prune.js'
import { recordLogins } from './record-logins.js'
import { revokedDataOn } from './revoked.js'
import type { Tables } from './schema.js'
import { sessionKeysOn } from './session-keys.js'
import { sessionsOn } from './sessions.js'
import { ticketsOn } from './tickets.js'
import { identitiesOn } from './unionids.js'
import { usersOn } from './users.js'

/** The connections of a store. */
export interface Connections {
  /** Every transaction. */
  readonly write: Kysely<Tables>
  /** Everything else, so that a transaction that waits for its turn holds up no reader. May be the same. */
  readonly read: Kysely<Tables>
  /** True for an error that one row has caused; the others of its group may be written without it. */
  readonly isRowFault: (error: unknown) => boolean
  /** Overwrites what was deleted wherever it still stands, as far as that can be done within `waitMs`. */
  readonly overwriteTraces: (waitMs: number) => Promise<void>
  /** Removes what erased people have left in the free space of the files, if somebody was erased since and it does not take long. */
  readonly rewrite: () => Promise<void>
  /** What the audit log calls a uid. */
  readonly pseudonym: Pseudonymise
}

/** The store on SQL: one Kysely path. */
export function createSqlStore({ write, read: db, isRowFault, pseudonym, overwriteTraces, rewrite }: Connections): Store {
  const inTransaction = <T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> => write.transaction().execute(work)
  const writeAudit = createWriteAudit(pseudonym)
  const access: SqlAccess = { db, inTransaction, writeAudit, overwriteTraces }

  return {
    recordLogin: createGroupCommit<LoginRecord, RecordedLogin>((logins) => inTransaction((tx) => recordLogins(tx, logins, writeAudit)), { isItemFault: isRowFault }),
    ...usersOn(access),
    ...identitiesOn(access),
    ...mergesOn(access),
    ...importsOn(access),
    ...appsOn(access),
    ...sessionsOn(access),
    ...sessionKeysOn(access),
    ...encryptedDataOn(access),
    ...phonesOn(access),
    ...phoneCodesOn(access),
    ...revokedDataOn(access),
    ...ticketsOn(access),
    ...apiKeysOn(access),
    ...accessTokensOn(access),
    ...auditOn(access),
    ...avatarsOn(access),
    ...pictureChecksOn(access),
    ...consentsOn(access),
    ...erasuresOn(access),

    async prune(now, limit) {
      await inTransaction((tx) => prune(tx, now, limit))
      await rewrite()
      await overwriteTraces(0)
    },

    async ping() {
      await sql`select 1`.execute(db)
    },

    async close() {
      await write.destroy()
      await db.destroy()
    },
  }
}
