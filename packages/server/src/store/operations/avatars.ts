import type { PictureCheck } from './picture-checks.js'
import type { UserRecord } from './users.js'

/**
 * Which picture belongs to whom. A picture without an owner is to be removed: a file is never left behind that no row knows of,
 * wherever a process ends.
 */
export interface AvatarRows {
  /** Announces a picture before it is written; whoever has not taken it by `removeAfter` loses it. */
  announceAvatar(id: string, removeAfter: number): Promise<void>
  /**
   * Makes an announced picture the user's, at this address; the one he had is to be removed from `at` on. null when there is no such user.
   * With a check it is noted which picture that is about; `'unacceptable'`, and nothing changed, when its verdict has come already and was no.
   */
  saveAvatar(uid: string, id: string, url: string, at: number, check?: PictureCheck | null): Promise<UserRecord | 'unacceptable' | null>
  /** Pictures that are to be removed at `now`. */
  avatarsToRemove(now: number, limit: number): Promise<readonly string[]>
  /** The picture is removed. */
  forgetAvatar(id: string): Promise<void>
}

/** Where avatars are kept. Ids come from the server: 22 base64url characters, a dot, and `png`, `jpg`, `webp` or `gif`. */
export interface AvatarStore {
  /** Resolves when the picture is there for every server. */
  save(id: string, bytes: Uint8Array): Promise<void>
  /** null when there is none of this id. */
  open(id: string): Promise<Uint8Array | null>
  /** None of this id is no error. */
  remove(id: string): Promise<void>
}
