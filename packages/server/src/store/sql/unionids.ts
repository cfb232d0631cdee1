import type { Transaction } from 'kysely'
import type { IdentityStore, LoginRecord } from '../store.js'
import type { SqlAccess } from './access.js'
import type { Tables } from './schema.js'

type Tx = Transaction<Tables>

/** A unionid in its scope. */
export interface Link {
  readonly unionScope: string
  readonly unionid: string
}

/** The unionid of a login, or null while its app is not bound. */
export function linkOf({ unionScope, unionid }: Pick<LoginRecord, 'unionScope' | 'unionid'>): Link | null {
  return unionid === null ? null : { unionScope, unionid }
}

/** One text for a link, to be found by. */
export const keyOf = ({ unionScope, unionid }: Link): string => `${unionScope} ${unionid}`

/** Whose these unionids are, by {@link keyOf}; those of nobody are absent. */
export async function findOwners(tx: Tx, links: readonly Link[]): Promise<Map<string, string>> {
  const owners = new Map<string, string>()
  for (const scope of new Set(links.map(({ unionScope }) => unionScope))) {
    const unionids = new Set(links.filter(({ unionScope }) => unionScope === scope).map(({ unionid }) => unionid))
    const rows = await tx.selectFrom('unions').select(['unionid', 'uid']).where('scope', '=', scope).where('unionid', 'in', [...unionids]).execute()
    for (const { unionid, uid } of rows) owners.set(keyOf({ unionScope: scope, unionid }), uid)
  }
  return owners
}

/** Gives unionids of nobody to users. */
export async function claimUnionids(tx: Tx, claims: readonly (Link & { readonly uid: string })[]): Promise<void> {
  if (claims.length > 0) await tx.insertInto('unions').values(claims.map(({ unionScope, unionid, uid }) => ({ scope: unionScope, unionid, uid }))).execute()
}

/** Notes that these identities' unionids are other users'; gives those of which that is news. */
export async function noteConflicts<Identity extends Pick<LoginRecord, 'appid' | 'openid'>>(tx: Tx, identities: readonly Identity[], since: number): Promise<Identity[]> {
  if (identities.length === 0) return []
  const inserted = await tx.insertInto('union_conflicts').values(identities.map(({ appid, openid }) => ({ appid, openid, since })))
    .onConflict((known) => known.columns(['appid', 'openid']).doNothing()).returning(['appid', 'openid']).execute()
  const news = new Set(inserted.map(({ appid, openid }) => `${appid} ${openid}`))
  return identities.filter(({ appid, openid }) => news.delete(`${appid} ${openid}`))
}

/** Identities that contradict each other. */
export function identitiesOn({ db }: SqlAccess): IdentityStore {
  return {
    findUnionConflicts: (limit) => db.selectFrom('union_conflicts as c')
      .innerJoin('identities as i', (on) => on.onRef('i.appid', '=', 'c.appid').onRef('i.openid', '=', 'c.openid'))
      .innerJoin('unions as u', (on) => on.onRef('u.scope', '=', 'i.union_scope').onRef('u.unionid', '=', 'i.unionid'))
      .whereRef('u.uid', '!=', 'i.uid')
      .select(['u.scope as unionScope', 'u.unionid', 'u.uid as owner', 'i.uid', 'i.appid', 'i.openid', 'c.since'])
      .orderBy('c.since').orderBy('i.appid').orderBy('i.openid').limit(limit)
      .execute(),
  }
}
