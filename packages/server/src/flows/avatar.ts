import { randomBytes } from 'node:crypto'
import type { MeResponse } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Logger } from '../log.js'
import type { AvatarStore, Store } from '../store/store.js'
import { readPicture } from '../user/picture/picture.js'
import type { Picture } from '../user/picture/picture.js'
import { avatarPath } from './avatar-path.js'
import { gone } from './gone.js'
import type { DescribeUser } from './me.js'
import type { PictureChecks } from './picture-check.js'
import type { Session } from './verify.js'

export type { Picture }

/** Pictures that users chose. */
export interface Avatars {
  /**
   * Takes a picture as the user's avatar, without what it tells of place, time and device; the one before is removed.
   * Throws `profile_rejected` for everything that is no whole PNG, JPEG, WebP or GIF, for one of too many pixels, and for one that WeChat's content
   * check has refused already; and what keeps WeChat from checking it.
   */
  save(session: Session, bytes: Uint8Array): Promise<MeResponse>
  /** The picture of an id that {@link save} made. Throws `not_found`. */
  open(id: string): Promise<Picture>
  /** Removes pictures that belong to nobody any more. Never rejects: what fails is tried again. */
  sweep(): Promise<void>
}

export interface AvatarParts {
  readonly store: Store
  readonly avatars: AvatarStore
  readonly checks: Pick<PictureChecks, 'ask'>
  readonly describe: DescribeUser
  readonly clock: Clock
  readonly log: Logger
}

const ID = /^[A-Za-z0-9_-]{22}\.(png|jpg|webp|gif)$/
/** Longer than any upload takes. */
const ANNOUNCED_MS = 60 * 60_000
const SWEPT_AT_ONCE = 100

export function createAvatars({ store, avatars, checks, describe, clock, log }: AvatarParts): Avatars {
  async function sweep(): Promise<void> {
    try {
      for (const id of await store.avatarsToRemove(clock.now(), SWEPT_AT_ONCE)) {
        await avatars.remove(id)
        await store.forgetAvatar(id)
      }
    } catch (error) {
      log.warn({ err: error }, 'a picture that belongs to nobody could not be removed; trying again in a minute')
    }
  }

  return {
    sweep,
    async save(session, bytes) {
      const picture = readPicture(bytes)
      if (!picture) throw new AuthError('profile_rejected', { detail: 'A PNG, JPEG, WebP or GIF of at most 4096 pixels a side and 16 million in all.' })
      const id = `${randomBytes(16).toString('base64url')}.${picture.type}`
      await store.announceAvatar(id, clock.now() + ANNOUNCED_MS)
      await avatars.save(id, picture.bytes)
      // Served already, for WeChat fetches it, and nobody's yet: a picture that cannot be checked is never anybody's.
      const check = await checks.ask(session, id).catch(async (error: unknown) => {
        await avatars.remove(id)
        throw error
      })
      const user = await store.saveAvatar(session.uid, id, avatarPath(id), clock.now(), check)
      if (!user || user === 'unacceptable') await avatars.remove(id)
      await sweep()
      if (user === 'unacceptable') throw new AuthError('profile_rejected', { detail: 'WeChat’s content check does not let this picture pass.' })
      return describe(user ?? await gone(store, session.uid))
    },
    async open(id) {
      const type = ID.exec(id)?.[1] as Picture['type'] | undefined
      const bytes = type && await avatars.open(id)
      if (!type || !bytes) throw new AuthError('not_found')
      return { type, bytes }
    },
  }
}
