import type { EraseReceipt, Profile } from '@tongxing/protocol'
import type { SessionRecord } from '../store/store.js'
import type { Phones } from '../user/phone.js'
import { withAddress } from './me.js'
import type { Import } from './import.js'
import type { Merge } from './merge.js'
import type { Sessions, SessionsParts } from './sessions.js'

/** Users, for the back end itself. */
export interface Users {
  /** null when there is no such user. The uid of a user who was merged away gives the one he was merged into, with it among his `aliases`. */
  get(uid: string): Promise<User | null>
  /** The user who was imported with this id of the application's own, or null. */
  findByExternalId(externalId: string): Promise<User | null>
  /** The whole phone number, `+8613800138000`, or null. On the wire it is never whole. */
  phoneOf(uid: string): Promise<string | null>
  /** Where he is logged in, newest first. */
  sessions(uid: string): Promise<readonly SessionRecord[]>
  /** Bans a user: his sessions end, and nobody logs in as him until the ban is lifted. False when there is no such user. */
  ban(uid: string): Promise<boolean>
  /** Lifts a ban: the phones log in again by themselves. False when the user was not banned. */
  unban(uid: string): Promise<boolean>
  /** Forgets a user and everything of him; a second time gives the same receipt. null when there never was such a user. */
  erase(uid: string): Promise<EraseReceipt | null>
  /** Ends all sessions of a user: the phones stay signed out until their people log in on purpose. False when there is no such user. */
  endSessions(uid: string): Promise<boolean>
  readonly merge: Merge
  readonly import: Import
}

/** A user with his identities. Times in ms since the epoch. */
export interface User {
  readonly uid: string
  /** Uids of users that were merged into this one; they still find him. */
  readonly aliases: readonly string[]
  /** The application's own id of him, when he was imported with one. */
  readonly externalId: string | null
  readonly createdAt: number
  /** null unless banned. */
  readonly bannedAt: number | null
  readonly profile: Profile | null
  /** By which openid he is known in which app: needed to pay or to notify. */
  readonly identities: readonly { readonly appid: string, readonly openid: string, readonly unionid: string | null }[]
}

type UsersParts = Pick<SessionsParts, 'store' | 'clock'> & { readonly publicURL: string }

export function createUsers({ store, clock, publicURL }: UsersParts, sessions: Sessions, phones: Phones, more: Pick<Users, 'merge' | 'import' | 'erase'>): Users {
  async function get(asked: string): Promise<User | null> {
    const user = await store.findUser(asked)
    if (!user) return null
    const { uid, createdAt, bannedAt, profile, externalId } = user
    const [identities, aliases] = await Promise.all([store.findIdentities(uid), store.findAliases(uid)])
    return { uid, aliases, externalId, createdAt, bannedAt, profile: withAddress(profile, publicURL), identities }
  }

  return {
    get,
    async findByExternalId(externalId) {
      const uid = await store.findByExternalId(externalId)
      return uid === null ? null : get(uid)
    },
    async phoneOf(asked) {
      const user = await store.findUser(asked)
      return user && phones.reveal(user.uid)
    },
    ...more,
    async sessions(asked) {
      const user = await store.findUser(asked)
      return user ? store.findSessions(user.uid, clock.now()) : []
    },
    ban: sessions.ban,
    unban: sessions.unban,
    endSessions: (uid) => sessions.endAll(uid, 'logout_everywhere'),
  }
}
