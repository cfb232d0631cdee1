import type { Kysely, Selectable, Transaction } from 'kysely'
import type { AuditNote, IdentityRecord, MergeConflict, MergePlan, MergeRecord, MergeRefusal, MergeStore, Revocation } from '../store.js'
import type { SqlAccess } from './access.js'
import { raiseEpoch } from './raise-epoch.js'
import { profileOf } from './schema.js'
import type { Tables, UsersTable } from './schema.js'

type Tx = Transaction<Tables>

/** Merging two users. */
export function mergesOn({ db, inTransaction, writeAudit }: SqlAccess): MergeStore {
  return {
    async planMerge(from, into, now) {
      const pair = await readPair(db, from, into)
      return typeof pair === 'string' ? pair : planOf(db, pair, now)
    },

    mergeUsers: (merge) => inTransaction(async (tx) => {
      const pair = await readPair(tx, merge.from, merge.into)
      if (typeof pair === 'string') return pair
      if (pair.phones.get(pair.from.uid) !== merge.phone?.was) return 'changed'
      // Merged away meanwhile: the number is sealed for him, and his survivor could not open it.
      if (merge.phone && pair.into.uid !== merge.into) return 'changed'
      const plan = await planOf(tx, pair, merge.at)
      const revocations = await write(tx, pair, merge, plan)
      await writeAudit(tx, notesOf(plan, merge.at))
      return { plan, revocations }
    }),
  }
}

/** Two users, and their sealed numbers by uid. */
interface Pair {
  readonly from: Selectable<UsersTable>
  readonly into: Selectable<UsersTable>
  readonly phones: ReadonlyMap<string, string>
}

async function readPair(db: Kysely<Tables>, fromUid: string, intoUid: string): Promise<Pair | MergeRefusal> {
  const rows = await db.selectFrom('users').selectAll().where('uid', 'in', [fromUid, intoUid]).execute()
  const from = rows.find(({ uid }) => uid === fromUid)
  const named = rows.find(({ uid }) => uid === intoUid)
  if (!from || !named) return 'unknown'
  const into = named.merged_into === null ? named : await db.selectFrom('users').selectAll().where('uid', '=', named.merged_into).executeTakeFirstOrThrow()
  if (from.merged_into !== null || into.uid === from.uid) return 'already_merged'
  const phones = await db.selectFrom('phones').select(['uid', 'sealed']).where('uid', 'in', [from.uid, into.uid]).execute()
  return { from, into, phones: new Map(phones.map(({ uid, sealed }) => [uid, sealed])) }
}

async function planOf(db: Kysely<Tables>, { from, into, phones }: Pair, now: number): Promise<MergePlan> {
  const identities = await db.selectFrom('identities').select(['uid', 'appid', 'openid', 'unionid']).where('uid', 'in', [from.uid, into.uid]).orderBy('appid').orderBy('openid').execute()
  const [moving, staying] = [from, into].map((user) => identities.filter(({ uid }) => uid === user.uid).map(({ uid: _, ...identity }) => identity))
  const { live } = await db.selectFrom('sessions').select((row) => row.fn.countAll().as('live'))
    .where('uid', 'in', [from.uid, into.uid]).where('ended_at', 'is', null).where('expires_at', '>', now).executeTakeFirstOrThrow()
  const { consents } = await db.selectFrom('consents').select((row) => row.fn.countAll().as('consents')).where('uid', '=', from.uid).executeTakeFirstOrThrow()
  return {
    from: from.uid,
    into: into.uid,
    moves: {
      identities: moving!,
      profile: profileOf(from) !== null && profileOf(into) === null,
      phone: phones.has(from.uid) && !phones.has(into.uid),
      consents: Number(consents),
    },
    endsSessions: Number(live),
    banned: from.banned_at !== null || into.banned_at !== null,
    conflicts: conflictsOf({ from, into, phones }, moving!, staying!),
  }
}

function conflictsOf({ from, into, phones }: Pair, moving: readonly IdentityRecord[], staying: readonly IdentityRecord[]): MergeConflict[] {
  const both: [boolean, 'profile' | 'phone' | 'external_id'][] = [
    [profileOf(from) !== null && profileOf(into) !== null, 'profile'],
    [phones.has(from.uid) && phones.has(into.uid), 'phone'],
    [from.external_id !== null && into.external_id !== null, 'external_id'],
  ]
  const apps = new Set(moving.map(({ appid }) => appid).filter((appid) => staying.some((identity) => identity.appid === appid)))
  return [...both.filter(([applies]) => applies).map(([, what]) => ({ what })), ...[...apps].map((appid) => ({ what: 'app' as const, appid }))]
}

async function write(tx: Tx, { from, into }: Pair, { at, phone }: MergeRecord, { moves }: MergePlan): Promise<Revocation[]> {
  for (const table of ['identities', 'unions', 'consents', 'decrypt_failures', 'phone_codes'] as const) await tx.updateTable(table).set({ uid: into.uid }).where('uid', '=', from.uid).execute()
  if (moves.phone && phone) await tx.updateTable('phones').set({ uid: into.uid, sealed: phone.sealed }).where('uid', '=', from.uid).execute()
  else await tx.deleteFrom('phones').where('uid', '=', from.uid).execute()
  await tx.updateTable('avatars').set(moves.profile ? { uid: into.uid } : { uid: null, remove_after: at }).where('uid', '=', from.uid).execute()
  await forgetSettled(tx, into.uid)
  const { nickname, avatar_url, profile_source, profile_updated_at } = moves.profile ? from : into
  await tx.updateTable('users').set({ nickname, avatar_url, profile_source, profile_updated_at, banned_at: into.banned_at ?? from.banned_at }).where('uid', '=', into.uid).execute()
  // Later on every alias must name the surviving user himself, however many merges lie between.
  await tx.updateTable('users').set({ merged_into: into.uid }).where('merged_into', '=', from.uid).execute()
  // The ban goes with the user: a phone of the alias logs in again, and hears of it there, as long as it lasts.
  await tx.updateTable('users').set({ merged_into: into.uid, banned_at: null, nickname: null, avatar_url: null, profile_source: null, profile_updated_at: null }).where('uid', '=', from.uid).execute()
  const revocations = [await raiseEpoch(tx, { uid: from.uid, reason: 'merged', at }), await raiseEpoch(tx, { uid: into.uid, reason: 'merged', at })]
  return revocations.filter((revocation) => revocation !== null)
}

// Conflicts between the two are none any more.
async function forgetSettled(tx: Tx, uid: string): Promise<void> {
  const settled = await tx.selectFrom('union_conflicts as c')
    .innerJoin('identities as i', (on) => on.onRef('i.appid', '=', 'c.appid').onRef('i.openid', '=', 'c.openid'))
    .innerJoin('unions as u', (on) => on.onRef('u.scope', '=', 'i.union_scope').onRef('u.unionid', '=', 'i.unionid'))
    .select(['c.appid', 'c.openid']).where('i.uid', '=', uid).where('u.uid', '=', uid).execute()
  for (const { appid, openid } of settled) await tx.deleteFrom('union_conflicts').where('appid', '=', appid).where('openid', '=', openid).execute()
}

function notesOf({ from, into }: MergePlan, at: number): AuditNote[] {
  return [{ at, event: 'merged', uid: from, detail: 'from' }, { at, event: 'merged', uid: into, detail: 'into' }]
}
