import type { Profile } from '@tongxing/protocol'
import type { Transaction } from 'kysely'
import type { LoginRecord, RefusedLogin } from '../store.js'
import { profileOf } from './schema.js'
import type { Tables } from './schema.js'
import { findOwners, keyOf, linkOf } from './unionids.js'
import type { Link } from './unionids.js'

type Tx = Transaction<Tables>

/** A user as a login finds it, or as it makes it. */
export interface Found {
  readonly uid: string
  readonly epoch: number
  readonly banned: boolean
  readonly profile: Profile | null
}

/** Who a login is, before anything of it is written. */
export interface ResolvedLogin {
  readonly login: LoginRecord
  readonly user: Found
  readonly refused: RefusedLogin['refused'] | null
  readonly isNewUser: boolean
  readonly isNewIdentity: boolean
  /** The unionid that becomes this user's: it was nobody's. */
  readonly claims: Link | null
  /** The unionid that is new for a known identity. */
  readonly relinks: Link | null
  /** Whose the unionid is, when it is another user's. */
  readonly unionOwner: string | null
}

/** What the database says, and what earlier logins of the group add to it. */
interface Known {
  readonly users: Map<string, Found>
  readonly identities: Map<string, { readonly uid: string, readonly link: Link | null }>
  readonly owners: Map<string, string>
  readonly disabled: ReadonlySet<string>
}

/** One text for an identity, to be found by. */
export const identityOf = (login: { readonly appid: string, readonly openid: string }): string => `${login.appid} ${login.openid}`

/** Logins by app; sorted, so that two processes lock rows in the same order. */
export function byApp(logins: readonly LoginRecord[]): Map<string, LoginRecord[]> {
  const groups = new Map<string, LoginRecord[]>()
  for (const login of logins.toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1))) {
    const group = groups.get(login.appid)
    if (group) group.push(login)
    else groups.set(login.appid, [login])
  }
  return groups
}

/** The openids of a group, each once. */
export const openidsOf = (group: readonly LoginRecord[]): string[] => [...new Set(group.map((login) => login.openid))]

/** Finds out who each login is; of several logins of somebody unknown the first makes the user and the others find it. */
export async function resolveLogins(tx: Tx, logins: readonly LoginRecord[]): Promise<ResolvedLogin[]> {
  const owners = await findOwners(tx, logins.map(linkOf).filter((link) => link !== null))
  const known: Known = { users: new Map(), identities: new Map(), owners, disabled: await findDisabled(tx, logins) }
  for (const [appid, group] of byApp(logins)) await findIdentities(tx, appid, group, known)
  await findUsers(tx, [...new Set(owners.values())].filter((uid) => !known.users.has(uid)), known)
  return logins.map((login) => resolve(login, known))
}

function resolve(login: LoginRecord, { users, identities, owners, disabled }: Known): ResolvedLogin {
  const identity = identities.get(identityOf(login))
  const link = linkOf(login)
  const owner = (link && owners.get(keyOf(link))) ?? null
  const uid = identity?.uid ?? owner
  const user = uid === null ? { uid: login.newUid, epoch: 1, banned: false, profile: null } : users.get(uid)!
  const refused = disabled.has(login.appid) ? 'app_disabled' : user.banned ? 'user_disabled' : null
  const claims = owner === null ? link : null
  const relinks = identity && link && (!identity.link || keyOf(identity.link) !== keyOf(link)) ? link : null
  if (refused === null) {
    users.set(user.uid, user)
    identities.set(identityOf(login), { uid: user.uid, link: link ?? identity?.link ?? null })
    if (claims) owners.set(keyOf(claims), user.uid)
  }
  return { login, user, refused, isNewUser: uid === null, isNewIdentity: !identity, claims, relinks, unionOwner: owner === user.uid ? null : owner }
}

async function findDisabled(tx: Tx, logins: readonly LoginRecord[]): Promise<Set<string>> {
  const appids = new Set(logins.map(({ appid }) => appid))
  const rows = await tx.selectFrom('disabled_apps').select('appid').where('appid', 'in', [...appids]).execute()
  return new Set(rows.map(({ appid }) => appid))
}

const USER = ['users.uid', 'users.epoch', 'banned_at', 'nickname', 'avatar_url', 'profile_source', 'profile_updated_at'] as const

async function findIdentities(tx: Tx, appid: string, group: readonly LoginRecord[], { users, identities }: Known): Promise<void> {
  const rows = await tx.selectFrom('identities').innerJoin('users', 'users.uid', 'identities.uid')
    .select([...USER, 'openid', 'unionid', 'union_scope'])
    .where('identities.appid', '=', appid).where('identities.openid', 'in', openidsOf(group))
    .execute()
  for (const row of rows) {
    const { uid, unionid, union_scope: unionScope } = row
    users.set(uid, foundOf(row))
    identities.set(identityOf({ appid, openid: row.openid }), { uid, link: unionid === null || unionScope === null ? null : { unionScope, unionid } })
  }
}

async function findUsers(tx: Tx, uids: readonly string[], { users }: Known): Promise<void> {
  if (uids.length === 0) return
  const rows = await tx.selectFrom('users').select(USER).where('uid', 'in', uids).execute()
  for (const row of rows) users.set(row.uid, foundOf(row))
}

function foundOf(row: Parameters<typeof profileOf>[0] & { uid: string, epoch: number, banned_at: number | null }): Found {
  return { uid: row.uid, epoch: row.epoch, banned: row.banned_at !== null, profile: profileOf(row) }
}
