/** By which name WeChat's verdict on a picture comes. */
export interface PictureCheck {
  readonly appid: string
  readonly traceId: string
}

/** A verdict on a picture. */
export interface PictureVerdict extends PictureCheck {
  readonly acceptable: boolean
  /** In WeChat's word, for the audit log. */
  readonly detail: string
  readonly at: number
  /** The address that the picture of an id has in a profile. */
  readonly urlOf: (id: string) => string
}

/** What WeChat says of pictures. */
export interface PictureCheckStore {
  /**
   * Withdraws the avatar that a verdict does not let pass: it leaves the profile and is to be removed. Returns whose it was; null when nothing
   * was withdrawn, also the second time. A verdict on a check that no avatar has named yet is kept for `saveAvatar`.
   */
  judgePicture(verdict: PictureVerdict): Promise<string | null>
}
