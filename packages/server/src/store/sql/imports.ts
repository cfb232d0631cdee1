import type { Transaction } from 'kysely'
import type { ImportRecord, ImportStore, ImportedPhone, ImportedRow } from '../store.js'
import type { SqlAccess } from './access.js'
import type { Tables } from './schema.js'
import { claimUnionids, findOwners, keyOf, linkOf } from './unionids.js'

type Tx = Transaction<Tables>

/** Taking over an existing user base. */
export function importsOn({ db, inTransaction, writeAudit }: SqlAccess): ImportStore {
  return {
    importUsers: (rows, at) => inTransaction(async (tx) => {
      const known = await readKnown(tx, rows)
      const resolved = rows.map((row) => resolve(row, known))
      await write(tx, resolved.filter((one) => 'change' in one).map(({ change }) => change))
      const created = resolved.filter(({ result }) => result.outcome === 'created').length
      if (created > 0) await writeAudit(tx, [{ at, event: 'imported', uid: null, detail: String(created) }])
      return resolved.map(({ result }) => result)
    }),

    importPhones: (phones) => inTransaction(async (tx) => {
      const bound: boolean[] = []
      for (const phone of phones) bound.push(await bindPhone(tx, phone))
      return bound
    }),

    async findByExternalId(externalId) {
      const row = await db.selectFrom('users').select(['uid', 'merged_into']).where('external_id', '=', externalId).executeTakeFirst()
      return row ? row.merged_into ?? row.uid : null
    },
  }
}

interface KnownUser { readonly externalId: string | null, readonly hasProfile: boolean }

/** What the database says, and what earlier rows add to it. */
interface Known {
  readonly users: Map<string, KnownUser>
  readonly identities: Map<string, { readonly uid: string, readonly unionid: string | null }>
  readonly externalIds: Map<string, string>
  readonly owners: Map<string, string>
}

/** What one row writes. */
interface Change {
  readonly row: ImportRecord
  readonly uid: string
  readonly isNewUser: boolean
  readonly isNewIdentity: boolean
  readonly claims: boolean
  readonly relinks: boolean
  readonly setsExternalId: boolean
  readonly setsNickname: boolean
}

type Resolved = { readonly result: ImportedRow, readonly change: Change } | { readonly result: ImportedRow }

const identityOf = ({ appid, openid }: Pick<ImportRecord, 'appid' | 'openid'>): string => `${appid} ${openid}`

async function readKnown(tx: Tx, rows: readonly ImportRecord[]): Promise<Known> {
  const known: Known = { users: new Map(), identities: new Map(), externalIds: new Map(), owners: await findOwners(tx, rows.map(linkOf).filter((link) => link !== null)) }
  for (const appid of new Set(rows.map((row) => row.appid))) {
    const openids = rows.filter((row) => row.appid === appid).map(({ openid }) => openid)
    const identities = await tx.selectFrom('identities').select(['openid', 'uid', 'unionid']).where('appid', '=', appid).where('openid', 'in', openids).execute()
    for (const { openid, uid, unionid } of identities) known.identities.set(identityOf({ appid, openid }), { uid, unionid })
  }
  const ids = rows.map(({ externalId }) => externalId).filter((externalId) => externalId !== null)
  const externals = ids.length > 0 ? await tx.selectFrom('users').select(['uid', 'merged_into', 'external_id']).where('external_id', 'in', ids).execute() : []
  for (const { uid, merged_into, external_id } of externals) known.externalIds.set(external_id!, merged_into ?? uid)
  const uids = new Set([...known.owners.values(), ...known.externalIds.values(), ...[...known.identities.values()].map(({ uid }) => uid)])
  const users = uids.size > 0 ? await tx.selectFrom('users').select(['uid', 'external_id', 'profile_source']).where('uid', 'in', [...uids]).execute() : []
  for (const { uid, external_id, profile_source } of users) known.users.set(uid, { externalId: external_id, hasProfile: profile_source !== null })
  return known
}

function resolve(row: ImportRecord, known: Known): Resolved {
  const identity = known.identities.get(identityOf(row))
  const link = linkOf(row)
  const owner = link ? known.owners.get(keyOf(link)) : undefined
  const external = row.externalId === null ? undefined : known.externalIds.get(row.externalId)
  const uid = identity?.uid ?? external ?? owner ?? row.newUid
  const user = known.users.get(uid)
  if ((external ?? uid) !== uid || (row.externalId !== null && external === undefined && (user?.externalId ?? null) !== null)) return conflict('external_id')
  if ((owner ?? uid) !== uid) return conflict('unionid')
  const change: Change = {
    row,
    uid,
    isNewUser: !user,
    isNewIdentity: !identity,
    claims: link !== null && owner === undefined,
    relinks: identity !== undefined && row.unionid !== null && identity.unionid === null,
    setsExternalId: user !== undefined && row.externalId !== null && external === undefined,
    setsNickname: row.nickname !== null && user?.hasProfile === false,
  }
  remember(change, known)
  const { isNewUser, isNewIdentity, claims, relinks, setsExternalId, setsNickname } = change
  const outcome = isNewUser ? 'created' : isNewIdentity ? 'linked' : claims || relinks || setsExternalId || setsNickname ? 'updated' : 'unchanged'
  return { result: { outcome, uid }, change }
}

const conflict = (what: 'unionid' | 'external_id'): Resolved => ({ result: { outcome: 'conflict', what } })

function remember({ row, uid }: Change, { users, identities, externalIds, owners }: Known): void {
  const user = users.get(uid)
  const link = linkOf(row)
  users.set(uid, { externalId: user?.externalId ?? row.externalId, hasProfile: (user?.hasProfile ?? false) || row.nickname !== null })
  identities.set(identityOf(row), { uid, unionid: identities.get(identityOf(row))?.unionid ?? row.unionid })
  if (row.externalId !== null) externalIds.set(row.externalId, uid)
  if (link) owners.set(keyOf(link), uid)
}

async function write(tx: Tx, changes: readonly Change[]): Promise<void> {
  const users = changes.filter(({ isNewUser }) => isNewUser)
  if (users.length > 0) {
    await tx.insertInto('users').values(users.map(({ uid, row: { createdAt, externalId, nickname } }) => ({
      uid, epoch: 1, created_at: createdAt, external_id: externalId, nickname,
      profile_source: nickname === null ? null : 'user' as const, profile_updated_at: nickname === null ? null : createdAt,
    }))).execute()
  }
  const identities = changes.filter(({ isNewIdentity }) => isNewIdentity)
  if (identities.length > 0) {
    await tx.insertInto('identities').values(identities.map(({ uid, row: { appid, openid, unionid, unionScope, createdAt } }) => ({
      appid, openid, uid, unionid, union_scope: unionid === null ? null : unionScope, created_at: createdAt,
    }))).execute()
  }
  await claimUnionids(tx, changes.flatMap(({ claims, uid, row }) => {
    const link = linkOf(row)
    return claims && link ? [{ ...link, uid }] : []
  }))
  for (const change of changes) await complete(tx, change)
}

// What a known user or identity did not have yet.
async function complete(tx: Tx, { row, uid, relinks, setsExternalId, setsNickname }: Change): Promise<void> {
  const { appid, openid, unionid, unionScope, externalId, nickname, createdAt } = row
  if (relinks) await tx.updateTable('identities').set({ unionid, union_scope: unionScope }).where('appid', '=', appid).where('openid', '=', openid).execute()
  if (setsExternalId) await tx.updateTable('users').set({ external_id: externalId }).where('uid', '=', uid).execute()
  if (setsNickname) await tx.updateTable('users').set({ nickname, profile_source: 'user', profile_updated_at: createdAt }).where('uid', '=', uid).execute()
}

async function bindPhone(tx: Tx, { uid, sealed, blind, countryCode, verifiedAt }: ImportedPhone): Promise<boolean> {
  const taken = await tx.selectFrom('phones').select('uid').where((row) => row.or([row('uid', '=', uid), row('blind', 'in', blind)])).execute()
  if (taken.length > 0) return taken.every((row) => row.uid === uid)
  await tx.insertInto('phones').values({ uid, sealed, blind: blind[0], country_code: countryCode, verified_at: verifiedAt }).execute()
  return true
}
