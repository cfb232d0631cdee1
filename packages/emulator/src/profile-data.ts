import { encryptUserData, signRawData } from './crypto.js'

/** The userInfo of WeChat's profile APIs. Since 2022 WeChat fills only nickName and avatarUrl. */
export interface UserInfo {
  readonly nickName: string
  readonly gender: 0 | 1 | 2
  readonly language: string
  readonly city: string
  readonly province: string
  readonly country: string
  readonly avatarUrl: string
}

/** A signed and encrypted profile, as wx.getUserProfile hands it out. */
export interface SignedProfile {
  readonly userInfo: UserInfo
  /** userInfo as JSON; the bytes that `signature` covers. */
  readonly rawData: string
  /** SHA-1 over rawData and session_key, hex. */
  readonly signature: string
  readonly encryptedData: string
  /** base64. */
  readonly iv: string
}

// The placeholder that WeChat hands out in place of a real profile.
const GREY_AVATAR = 'https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132'
const PLACEHOLDER = { nickName: '微信用户', avatarUrl: GREY_AVATAR }

/** The person's own nickname and avatar, or WeChat's placeholder (「微信用户」, grey avatar). */
export function makeUserInfo(person: { nickName: string, avatarUrl: string }, kind: 'real' | 'placeholder'): UserInfo {
  const { nickName, avatarUrl } = kind === 'real' ? person : PLACEHOLDER
  return { nickName, gender: 0, language: 'zh_CN', city: '', province: '', country: '', avatarUrl }
}

/** `ids` go into the encrypted part only (getUserInfo has them, getUserProfile has none). `now` in ms. */
export function signProfile(userInfo: UserInfo, about: { appid: string, sessionKey: string, iv: string, now: number, ids?: { openId: string, unionId?: string } }): SignedProfile {
  const rawData = JSON.stringify(userInfo)
  const { openId, unionId } = about.ids ?? {}
  const watermark = { timestamp: Math.floor(about.now / 1000), appid: about.appid }
  const plaintext = JSON.stringify({ openId, ...userInfo, unionId, watermark })
  return {
    userInfo,
    rawData,
    signature: signRawData(rawData, about.sessionKey),
    encryptedData: encryptUserData(about.sessionKey, about.iv, plaintext),
    iv: about.iv,
  }
}
