import type { MeResponse, ProfileRequest, UpdateMeRequest } from '@tongxing/protocol'
import { wxFailure } from './errors.js'
import type { Login } from './login.js'
import { throwUnlessOk } from './logout.js'
import type { Settings } from './options.js'
import type { Request } from './request.js'
import type { SessionState } from './session.js'
import { callWx, runtimeOf } from './wx.js'
import type { Method, WxUserInfoResult } from './wx.js'

/** WeChat gave its placeholder (微信用户, grey avatar): ask with `chooseAvatar` and a nickname input instead. Nothing was sent. */
export interface AnonymousProfile {
  readonly anonymous: true
}

/** The user, with what WeChat signed. */
export interface SignedProfile extends MeResponse {
  readonly anonymous: false
}

/** The event of `<button open-type="getUserInfo" bindgetuserinfo="…">`. */
export interface UserInfoEvent {
  readonly detail: WxUserInfoResult
}

/** Nickname and avatar of the user, by each way that WeChat has had. */
export interface ProfileCalls {
  /**
   * In a tap handler, before anything is awaited: calls wx.getUserProfile in this very turn (wx.getUserInfo where that is all there is).
   * Rejects with `TAP_REQUIRED`, `USER_DENIED`, `UNSUPPORTED`…
   *
   * ```ts
   * onTap() { client.profile.fromTap({ desc: '用于展示' }).then((profile) => { if (profile.anonymous) this.showForm() }) }
   * ```
   */
  fromTap(options: { readonly desc: string, readonly lang?: 'en' | 'zh_CN' | 'zh_TW' }): Promise<AnonymousProfile | SignedProfile>
  /** The same with the event of the older getUserInfo button. */
  fromEvent(event: UserInfoEvent): Promise<AnonymousProfile | SignedProfile>
  /** What the user typed in. Rejects with `REFUSED` and `action: 'ask_user'` when the nickname is not acceptable. */
  save(fields: UpdateMeRequest): Promise<MeResponse>
}

/** The nickname that stands for "no profile"; the grey avatar's address varies and is not looked at. */
const PLACEHOLDER = '微信用户'

/** `client.profile`. */
export function createProfile(settings: Settings, session: SessionState, login: Login, request: Request): ProfileCalls {
  async function call(method: Method, url: string, data: object): Promise<MeResponse> {
    const response = await request<MeResponse>({ method, url, data })
    throwUnlessOk(response)
    session.setProfile(response.data)
    return response.data
  }

  async function send(result: WxUserInfoResult): Promise<AnonymousProfile | SignedProfile> {
    const { userInfo, rawData, signature, encryptedData, iv } = result
    if (!rawData || !signature) throw wxFailure(result, 'UNSUPPORTED')
    if (!userInfo || !userInfo.nickName || userInfo.nickName === PLACEHOLDER) return { anonymous: true }
    const data: ProfileRequest = Object.assign({ rawData, signature }, encryptedData && iv ? { encryptedData, iv } : {})
    return Object.assign({ anonymous: false as const }, await call('POST', settings.endpoints.profile, data))
  }

  return {
    async fromTap(options) {
      // Asked of the object itself: DevTools' canIUse denies a getUserProfile that it has.
      const api = typeof runtimeOf(settings).getUserProfile === 'function' ? 'getUserProfile' : 'getUserInfo'
      const release = login.hold()
      try {
        return await send(await callWx(settings, api, Object.assign({ withCredentials: true }, options), 'UNSUPPORTED'))
      } finally {
        release()
      }
    },
    fromEvent: (event) => send(event.detail),
    save: (fields) => call('PUT', settings.endpoints.me, fields),
  }
}
