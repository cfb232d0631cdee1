import type { Transaction } from 'kysely'
import { CODE_LIFE_MS, SUPERSEDED_KEY_LIFE_MS } from '../store.js'
import type { AuditNote, LoginRecord, RecordedLogin, Revocation } from '../store.js'
import type { WriteAudit } from './audit.js'
import { replaceSession } from './replace-session.js'
import { byApp, identityOf, openidsOf, resolveLogins } from './resolve-logins.js'
import type { ResolvedLogin } from './resolve-logins.js'
import type { Tables } from './schema.js'
import { claimUnionids, noteConflicts } from './unionids.js'

type Tx = Transaction<Tables>

/** Writes a group of logins: a fixed number of statements, however many logins. Runs inside one transaction. */
export async function recordLogins(tx: Tx, logins: readonly LoginRecord[], writeAudit: WriteAudit): Promise<RecordedLogin[]> {
  const resolved = await resolveLogins(tx, logins)
  const accepted = resolved.filter(({ refused }) => refused === null)
  const { replaced, conflicts } = await write(tx, accepted)
  await writeAudit(tx, accepted.flatMap((one) => notesOf(one, replaced.get(one.login) ?? [], conflicts.has(one.login))))
  return resolved.map(({ login, user: { uid, epoch, profile }, refused, isNewUser, unionOwner }) => (
    refused === null ? { refused, uid, isNew: isNewUser, epoch, profile, unionOwner, replaced: replaced.get(login) ?? [] } : { refused }
  ))
}

function notesOf({ login, user: { uid }, isNewUser }: ResolvedLogin, replaced: readonly Revocation[], isConflict: boolean): AuditNote[] {
  const { appid, sessionId, issuedAt: at } = login
  return [
    { at, event: isNewUser ? 'first_login' : 'login', uid, appid, subject: sessionId },
    ...(isConflict ? [{ at, event: 'union_conflict' as const, uid, appid, subject: sessionId }] : []),
    ...replaced.map(({ subject, reason }) => ({ at, event: 'session_ended' as const, uid, appid, subject, detail: reason })),
  ]
}

interface Written {
  /** Sessions that a login ended, by the device policy. */
  readonly replaced: ReadonlyMap<LoginRecord, readonly Revocation[]>
  /** Logins that showed for the first time that their unionid is another user's. */
  readonly conflicts: ReadonlySet<LoginRecord>
}

async function write(tx: Tx, accepted: readonly ResolvedLogin[]): Promise<Written> {
  const replaced = new Map<LoginRecord, Revocation[]>()
  if (accepted.length === 0) return { replaced, conflicts: new Set() }
  const logins = accepted.map(({ login }) => login)
  await insertNew(tx, accepted)
  await claimUnionids(tx, accepted.flatMap(({ claims, user: { uid } }) => (claims ? [{ ...claims, uid }] : [])))
  const conflicts = await linkKnown(tx, accepted)
  for (const [appid, group] of byApp(logins)) await supersedeOld(tx, appid, group)
  await keepSessionKeys(tx, logins)
  await insertSessions(tx, accepted)
  for (const { login, user: { uid } } of accepted) {
    if (login.mostSessions !== null) replaced.set(login, await replaceOldest(tx, login, uid, login.mostSessions))
  }
  return { replaced, conflicts: new Set(conflicts) }
}

async function insertNew(tx: Tx, accepted: readonly ResolvedLogin[]): Promise<void> {
  const users = accepted.filter(({ isNewUser }) => isNewUser)
  if (users.length > 0) {
    await tx.insertInto('users').values(users.map(({ login, user: { uid, epoch } }) => ({ uid, epoch, created_at: login.issuedAt }))).execute()
  }
  const identities = accepted.filter(({ isNewIdentity }) => isNewIdentity)
  if (identities.length > 0) {
    await tx.insertInto('identities').values(identities.map(({ login: { appid, openid, unionid, unionScope, issuedAt }, user: { uid } }) => ({
      appid, openid, uid, unionid, union_scope: unionid === null ? null : unionScope, created_at: issuedAt,
    }))).execute()
  }
}

// An app bound to an Open Platform account later on, or moved to another: the unionid appears or changes, the identity stays what it was.
async function linkKnown(tx: Tx, accepted: readonly ResolvedLogin[]): Promise<LoginRecord[]> {
  for (const { login: { appid, openid }, relinks } of accepted) {
    if (!relinks) continue
    await tx.updateTable('identities').set({ unionid: relinks.unionid, union_scope: relinks.unionScope }).where('appid', '=', appid).where('openid', '=', openid).execute()
  }
  const contradicting = accepted.filter(({ unionOwner }) => unionOwner !== null).map(({ login }) => login)
  return noteConflicts(tx, contradicting, contradicting[0]?.issuedAt ?? 0)
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

async function insertSessions(tx: Tx, accepted: readonly ResolvedLogin[]): Promise<void> {
  await tx.insertInto('sessions').values(accepted.map(({ login, user: { uid, epoch } }) => ({
    id: login.sessionId,
    uid,
    appid: login.appid,
    openid: login.openid,
    epoch,
    device: login.device,
    issued_at: login.issuedAt,
    expires_at: login.expiresAt,
    ended_at: null,
    end_reason: null,
  }))).execute()
}

// The device policy: beyond the allowed number the oldest sessions give way to the new one.
async function replaceOldest(tx: Tx, { appid, issuedAt }: LoginRecord, uid: string, most: number): Promise<Revocation[]> {
  const live = await tx.selectFrom('sessions').select(['id', 'expires_at'])
    .where('uid', '=', uid).where('appid', '=', appid).where('ended_at', 'is', null).where('expires_at', '>', issuedAt)
    .orderBy('issued_at', 'desc').orderBy('id', 'desc')
    .execute()
  const replaced: Revocation[] = []
  for (const session of live.slice(most)) replaced.push(await replaceSession(tx, session, issuedAt))
  return replaced
}
