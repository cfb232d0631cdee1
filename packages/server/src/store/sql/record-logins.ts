import type { Profile } from '@tongxing/protocol'
import type { Transaction } from 'kysely'
import { CODE_LIFE_MS, SUPERSEDED_KEY_LIFE_MS } from '../store.js'
import type { AuditNote, LoginRecord, RecordedLogin, Revocation } from '../store.js'
import type { WriteAudit } from './audit.js'
import { appendRevocation } from './revocations.js'
import { profileOf } from './schema.js'
import type { Tables } from './schema.js'

type Tx = Transaction<Tables>

/** A user as a login finds it, or as it makes it. */
interface Found {
  readonly uid: string
  readonly epoch: number
  readonly banned: boolean
  readonly profile: Profile | null
}

/** Writes a group of logins: a fixed number of statements, however many logins. Runs inside one transaction. */
export async function recordLogins(tx: Tx, logins: readonly LoginRecord[], writeAudit: WriteAudit): Promise<RecordedLogin[]> {
  const found = new Map<string, Found>()
  for (const [appid, group] of byApp(logins)) await findKnown(tx, appid, group, found)
  const accepted = logins.filter((login) => !found.get(identityOf(login))?.banned)
  const fresh = new Set(accepted.filter((login) => claimNew(login, found)))
  const replaced = accepted.length > 0 ? await write(tx, accepted, [...fresh], found) : new Map<LoginRecord, Revocation[]>()
  await writeAudit(tx, accepted.flatMap((login) => notesOf(login, found.get(identityOf(login))!.uid, fresh.has(login), replaced.get(login) ?? [])))
  return logins.map((login) => {
    const { uid, epoch, banned, profile } = found.get(identityOf(login))!
    return banned ? { banned, uid } : { banned, uid, isNew: fresh.has(login), epoch, profile, replaced: replaced.get(login) ?? [] }
  })
}

function notesOf({ appid, sessionId, issuedAt: at }: LoginRecord, uid: string, isNew: boolean, replaced: readonly Revocation[]): AuditNote[] {
  return [
    { at, event: isNew ? 'first_login' : 'login', uid, appid, subject: sessionId },
    ...replaced.map(({ subject, reason }) => ({ at, event: 'session_ended' as const, uid, appid, subject, detail: reason })),
  ]
}

async function write(tx: Tx, logins: readonly LoginRecord[], fresh: readonly LoginRecord[], found: Map<string, Found>): Promise<Map<LoginRecord, Revocation[]>> {
  if (fresh.length > 0) await insertNew(tx, fresh)
  const groups = byApp(logins)
  for (const [appid, group] of groups) await linkUnionids(tx, appid, group)
  for (const [appid, group] of groups) await supersedeOld(tx, appid, group)
  await keepSessionKeys(tx, logins)
  await insertSessions(tx, logins, found)
  const replaced = new Map<LoginRecord, Revocation[]>()
  for (const login of logins) {
    if (login.mostSessions !== null) replaced.set(login, await replaceOldest(tx, login, found.get(identityOf(login))!.uid, login.mostSessions))
  }
  return replaced
}

const identityOf = (login: { appid: string, openid: string }): string => `${login.appid} ${login.openid}`

// Sorted, so that two processes lock rows in the same order.
function byApp(logins: readonly LoginRecord[]): Map<string, LoginRecord[]> {
  const groups = new Map<string, LoginRecord[]>()
  for (const login of logins.toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1))) {
    const group = groups.get(login.appid)
    if (group) group.push(login)
    else groups.set(login.appid, [login])
  }
  return groups
}

const openidsOf = (group: readonly LoginRecord[]): string[] => [...new Set(group.map((login) => login.openid))]

async function findKnown(tx: Tx, appid: string, group: readonly LoginRecord[], found: Map<string, Found>): Promise<void> {
  const rows = await tx.selectFrom('identities').innerJoin('users', 'users.uid', 'identities.uid')
    .select(['identities.openid', 'users.uid', 'users.epoch', 'banned_at', 'nickname', 'avatar_url', 'profile_source', 'profile_updated_at'])
    .where('identities.appid', '=', appid).where('identities.openid', 'in', openidsOf(group))
    .execute()
  for (const row of rows) {
    found.set(identityOf({ appid, openid: row.openid }), { uid: row.uid, epoch: row.epoch, banned: row.banned_at !== null, profile: profileOf(row) })
  }
}

// Of several logins of one unknown identity in a group, the first makes the user and the others find it.
function claimNew(login: LoginRecord, found: Map<string, Found>): boolean {
  const identity = identityOf(login)
  if (found.has(identity)) return false
  found.set(identity, { uid: login.newUid, epoch: 1, banned: false, profile: null })
  return true
}

async function insertNew(tx: Tx, fresh: readonly LoginRecord[]): Promise<void> {
  await tx.insertInto('users').values(fresh.map((login) => ({
    uid: login.newUid, epoch: 1, created_at: login.issuedAt, banned_at: null, nickname: null, avatar_url: null, profile_source: null, profile_updated_at: null,
  }))).execute()
  await tx.insertInto('identities').values(fresh.map((login) => ({
    appid: login.appid, openid: login.openid, uid: login.newUid, unionid: login.unionid, created_at: login.issuedAt,
  }))).execute()
}

// An app bound to an Open Platform account later on: the unionid appears, the identity stays what it was.
async function linkUnionids(tx: Tx, appid: string, group: readonly LoginRecord[]): Promise<void> {
  const withUnionid = group.filter((login) => login.unionid !== null)
  if (withUnionid.length === 0) return
  const unlinked = await tx.selectFrom('identities').select('openid')
    .where('appid', '=', appid).where('openid', 'in', openidsOf(withUnionid)).where('unionid', 'is', null)
    .execute()
  for (const { openid } of unlinked) {
    const login = withUnionid.find((candidate) => candidate.openid === openid)!
    await tx.updateTable('identities').set({ unionid: login.unionid }).where('appid', '=', appid).where('openid', '=', openid).execute()
  }
}

// Exchanges less than a code's life apart may arrive in the wrong order, so that only keys older than that are known to be superseded.
async function supersedeOld(tx: Tx, appid: string, group: readonly LoginRecord[]): Promise<void> {
  const now = group[0]!.issuedAt
  const openids = openidsOf(group)
  await tx.updateTable('session_keys').set({ superseded_at: now })
    .where('appid', '=', appid).where('openid', 'in', openids).where('superseded_at', 'is', null).where('seen_at', '<', now - CODE_LIFE_MS)
    .execute()
  await tx.deleteFrom('session_keys')
    .where('appid', '=', appid).where('openid', 'in', openids).where('superseded_at', '<', now - SUPERSEDED_KEY_LIFE_MS)
    .execute()
}

async function keepSessionKeys(tx: Tx, logins: readonly LoginRecord[]): Promise<void> {
  const rows = new Map(logins.map((login) => [`${identityOf(login)} ${login.sessionKey.fingerprint}`, {
    appid: login.appid,
    openid: login.openid,
    fingerprint: login.sessionKey.fingerprint,
    sealed: login.sessionKey.sealed,
    seen_at: login.issuedAt,
    superseded_at: null,
  }]))
  await tx.insertInto('session_keys').values([...rows.values()])
    .onConflict((conflict) => conflict.columns(['appid', 'openid', 'fingerprint']).doUpdateSet((row) => ({
      sealed: row.ref('excluded.sealed'),
      seen_at: row.ref('excluded.seen_at'),
      superseded_at: null,
    })))
    .execute()
}

async function insertSessions(tx: Tx, logins: readonly LoginRecord[], found: Map<string, Found>): Promise<void> {
  await tx.insertInto('sessions').values(logins.map((login) => {
    const user = found.get(identityOf(login))!
    return {
      id: login.sessionId,
      uid: user.uid,
      appid: login.appid,
      epoch: user.epoch,
      device: login.device,
      issued_at: login.issuedAt,
      expires_at: login.expiresAt,
      ended_at: null,
      end_reason: null,
    }
  })).execute()
}

// The device policy: beyond the allowed number the oldest sessions give way to the new one.
async function replaceOldest(tx: Tx, { appid, issuedAt }: LoginRecord, uid: string, most: number): Promise<Revocation[]> {
  const live = await tx.selectFrom('sessions').select(['id', 'expires_at'])
    .where('uid', '=', uid).where('appid', '=', appid).where('ended_at', 'is', null).where('expires_at', '>', issuedAt)
    .orderBy('issued_at', 'desc').orderBy('id', 'desc')
    .execute()
  const replaced: Revocation[] = []
  for (const { id, expires_at: until } of live.slice(most)) {
    await tx.updateTable('sessions').set({ ended_at: issuedAt, end_reason: 'replaced' }).where('id', '=', id).execute()
    replaced.push(await appendRevocation(tx, { kind: 'session', subject: id, epoch: 0, reason: 'replaced', until }))
  }
  return replaced
}
