/**
 * Called after something has happened and is committed. The answer waits for a hook, so that what it writes is there when the phone goes on,
 * for `hookWaitMs` at most; then it goes out without waiting further. A hook that throws is logged, and fails nothing: what it tells of has
 * happened. `auth.close()` waits for hooks under way. A process that dies between commit and hook has not called it.
 */
export interface Hooks {
  /** Each login that made a session, also a silent one. */
  onLogin?(event: LoginEvent): unknown
  /** The login that created the user: once per user, before `onLogin`. A user who was imported is not new. */
  onFirstLogin?(event: LoginEvent): unknown
  /** A user logged out on purpose, here or everywhere. */
  onLogout?(event: LogoutEvent): unknown
  /** A user gave his phone number, also with a login (then after `onLogin`); ask `auth.users.phoneOf(uid)` for it. */
  onPhone?(event: PhoneEvent): unknown
  /** Two users were merged: move what the application keeps under `from` to `into`. */
  onMerge?(event: MergeEvent): unknown
  /** A user was erased: remove what the application keeps of him. */
  onErase?(event: EraseEvent): unknown
  /**
   * WeChat pushed something to the address of an app, whether Tongxing knows it or not: once, when what it does here is done, however often
   * WeChat sends it.
   */
  onPush?(event: PushEvent): unknown
}

/** A login. */
export interface LoginEvent {
  readonly uid: string
  readonly appid: string
  readonly sessionId: string
  /** True when this login created the user. */
  readonly isNew: boolean
  /** What the mini program sent along; nobody has checked it. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** A log-out. */
export interface LogoutEvent {
  readonly uid: string
  readonly appid: string
  /** The session that asked for it. */
  readonly sessionId: string
  /** True when every session of the user ended. */
  readonly everywhere: boolean
}

/** A phone number that was bound. */
export interface PhoneEvent {
  readonly uid: string
  readonly appid: string
  /** `138****8000` */
  readonly masked: string
}

/** An erasure. */
export interface EraseEvent {
  readonly uid: string
  /** Id of the receipt that the person has. */
  readonly receiptId: string
}

/** Something that WeChat pushed. */
export interface PushEvent {
  readonly appid: string
  /** WeChat's name of the event, such as `user_info_modified`; '' when it is none, but a message that a user wrote. */
  readonly event: string
  /** The user whom it is about, or, with `wxa_media_check`, whose avatar it withdrew; null when there is none here. An erased user's is his old one. */
  readonly uid: string | null
  /** Every member as WeChat sent it; from XML, numbers are texts. */
  readonly message: Readonly<Record<string, unknown>>
}

/** A merge. */
export interface MergeEvent {
  /** The uid that is an alias from now on. */
  readonly from: string
  readonly into: string
}
