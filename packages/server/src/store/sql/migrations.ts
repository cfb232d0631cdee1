import { DEFAULT_MIGRATION_TABLE, Migrator, sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'
import { ConfigError } from '../../errors.js'
import { first } from './migrations/0001-first.js'
import { bans } from './migrations/0002-bans.js'
import { ticketsAndApiKeys } from './migrations/0003-tickets-and-api-keys.js'
import { accessTokens } from './migrations/0004-access-tokens.js'
import { phones } from './migrations/0005-phones.js'
import { encryptedData } from './migrations/0006-encrypted-data.js'
import { audit } from './migrations/0010-audit.js'
import { consents } from './migrations/0011-consents.js'
import { avatars } from './migrations/0012-avatars.js'
import { erasures } from './migrations/0013-erasures.js'
import { unionLinks } from './migrations/0020-union-links.js'
import { merges } from './migrations/0021-merges.js'
import { disabledApps } from './migrations/0022-disabled-apps.js'
import { externalIds } from './migrations/0023-external-ids.js'
import { phoneCodes } from './migrations/0030-phone-codes.js'
import { pictureChecks } from './migrations/0031-picture-checks.js'
import type { Tables } from './schema.js'

// One step a migration, and names that sort in the order of time; a step that has been released never changes.
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_first': first,
  '0002_bans': bans,
  '0003_tickets_and_api_keys': ticketsAndApiKeys,
  '0004_access_tokens': accessTokens,
  '0005_phones': phones,
  '0006_encrypted_data': encryptedData,
  '0010_audit': audit,
  '0011_consents': consents,
  '0012_avatars': avatars,
  '0013_erasures': erasures,
  '0020_union_links': unionLinks,
  '0021_merges': merges,
  '0022_disabled_apps': disabledApps,
  '0023_external_ids': externalIds,
  '0030_phone_codes': phoneCodes,
  '0031_picture_checks': pictureChecks,
}

/** Those steps of a database that this version does not know: a newer one has taken them. */
export function unknownSteps(taken: readonly string[]): readonly string[] {
  return taken.filter((name) => !Object.hasOwn(MIGRATIONS, name))
}

/**
 * Brings the database to this version. Throws ConfigError when a newer version has changed it, and what the failing step threw; earlier steps
 * stay.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const [step] = unknownSteps(await stepsOf(db))
  if (step !== undefined) {
    throw new ConfigError([`the database was changed by a newer version of Tongxing (step ${step}), and this one leaves it alone: run the newer version, or stop every server and go back to a backup that this version made: tongxing restore FOLDER`])
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed', { cause: error })
}

// Empty in a fresh database, which has no table of steps yet.
async function stepsOf(db: Kysely<Tables>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return []
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db)
  return rows.map(({ name }) => name)
}
