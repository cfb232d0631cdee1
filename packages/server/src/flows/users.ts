import type { Profile } from '@tongxing/protocol'
import type { SessionRecord } from '../store/store.js'
import type { Phones } from '../user/phone.js'
import { withAddress } from './me.js'
import type { Sessions, SessionsParts } from './sessions.js'

/** Users, for the back end itself. */
export interface Users {
  /** null when there is no such user. */
  get(uid: string): Promise<User | null>
  /** The whole phone number, `+8613800138000`, or null. On the wire it is never whole. */
  phoneOf(uid: string): Promise<string | null>
  /** Where he is logged in, newest first. */
  sessions(uid: string): Promise<readonly SessionRecord[]>
  /** Bans a user: his sessions end, and nobody logs in as him until the ban is lifted. False when there is no such user. */
  ban(uid: string): Promise<boolean>
  /** Lifts a ban: the phones log in again by themselves. False when the user was not banned. */
  unban(uid: string): Promise<boolean>
  /** Ends all sessions of a user: the phones stay signed out until their people log in on purpose. False when there is no such user. */
  endSessions(uid: string): Promise<boolean>
}

/** A user with his identities. Times in ms since the epoch. */
export interface User {
  readonly uid: string
  readonly createdAt: number
  /** null unless banned. */
  readonly bannedAt: number | null
  readonly profile: Profile | null
  /** By which openid he is known in which app: needed to pay or to notify. */
  readonly identities: readonly { readonly appid: string, readonly openid: string, readonly unionid: string | null }[]
}

type UsersParts = Pick<SessionsParts, 'store' | 'clock'> & { readonly publicURL: string }

export function createUsers({ store, clock, publicURL }: UsersParts, sessions: Sessions, phones: Phones): Users {
  return {
    async get(uid) {
      const [user, identities] = await Promise.all([store.findUser(uid), store.findIdentities(uid)])
      return user && { uid, createdAt: user.createdAt, bannedAt: user.bannedAt, profile: withAddress(user.profile, publicURL), identities }
    },
    phoneOf: (uid) => phones.reveal(uid),
    sessions: (uid) => store.findSessions(uid, clock.now()),
    ban: sessions.ban,
    unban: sessions.unban,
    endSessions: (uid) => sessions.endAll(uid, 'logout_everywhere'),
  }
}
