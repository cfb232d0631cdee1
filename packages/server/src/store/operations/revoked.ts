/** What a user may take back at WeChat. */
export type RevocableData = 'nickname' | 'avatar' | 'phone'

/** Data that the user took back at WeChat. */
export interface RevokedDataStore {
  /** Whose identity this is, or null. */
  findUid(appid: string, openid: string): Promise<string | null>
  /** Forgets nickname and avatar if they came signed from WeChat; what the user gave himself stays. */
  forgetWechatProfile(uid: string, at: number): Promise<void>
  /** Forgets these data of the user, wherever they came from; his uploaded avatar is to be removed from `at` on. */
  forgetRevoked(uid: string, what: readonly RevocableData[], at: number): Promise<void>
}
