import type { MeResponse, ProfileRequest } from '@tongxing/protocol'
import { wxFailure } from './errors.js'
import type { Login } from './login.js'
import type { Settings } from './options.js'
import { bodyOf } from './problem.js'
import { toProfile } from './session.js'
import type { SessionState } from './session.js'
import type { Transport } from './transfer.js'
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

/** What the user filled in. */
export interface ProfileFields {
  readonly nickname?: string
  /** The path of a local file. */
  readonly avatarUrl?: string
}

/** Nickname and avatar of the user, by each way that WeChat has had. */
export interface ProfileCalls {
  /**
   * In a tap handler, before anything is awaited: calls wx.getUserProfile in this very turn (wx.getUserInfo where that is all there is).
   * Log in before the tap, for example at the launch: WeChat may replace its key at a login, and what was signed before it is then `REFUSED` with
   * `action: 'ask_user'`, so that the person has to tap again. Rejects with `TAP_REQUIRED`, `USER_DENIED`, `UNSUPPORTED`…
   *
   * ```ts
   * Page({ onTap() { client.profile.fromTap({ desc: '用于展示' }).then(({ anonymous }) => this.setData({ showForm: anonymous })) } })
   * ```
   */
  fromTap(options: { readonly desc: string, readonly lang?: 'en' | 'zh_CN' | 'zh_TW' }): Promise<AnonymousProfile | SignedProfile>
  /** The same with the event of the older getUserInfo button. */
  fromEvent(event: UserInfoEvent): Promise<AnonymousProfile | SignedProfile>
  /**
   * What the user filled in: the temporary path that `open-type="chooseAvatar"` gave as `detail.avatarUrl` is uploaded, then the nickname of
   * `<input type="nickname">` is put. Either may be left out; the avatar that the server has already is not sent again.
   * Rejects with `REFUSED` and `action: 'ask_user'` when the server does not accept one of them.
   *
   * ```ts
   * Page({
   *   data: { avatarUrl: '' },
   *   onAvatar(event: WechatMiniprogram.CustomEvent<{ avatarUrl: string }>) { this.setData({ avatarUrl: event.detail.avatarUrl }) },
   *   onSubmit({ detail }: WechatMiniprogram.CustomEvent<{ value: { nickname: string } }>) {
   *     client.profile.save({ avatarUrl: this.data.avatarUrl, nickname: detail.value.nickname })
   *   },
   * })
   * ```
   */
  save(fields: ProfileFields): Promise<MeResponse>
}

/** The nickname that stands for "no profile"; the grey avatar's address varies and is not looked at. */
const PLACEHOLDER = '微信用户'

/** `client.profile`. */
export function createProfile(settings: Settings, session: SessionState, login: Login, { request, upload }: Transport): ProfileCalls {
  const { endpoints } = settings

  /** Keeps what the server now knows of the user, so that nobody is asked twice. */
  function keep(response: { readonly statusCode: number, readonly data: unknown }): MeResponse {
    const me = bodyOf<MeResponse>(response)
    session.setUser(me)
    return me.profile ? Object.assign({}, me, { profile: toProfile(settings, me.profile) }) : me
  }

  async function call(method: Method, url: string, data: object): Promise<MeResponse> {
    return keep(await request({ method, url, data }))
  }

  async function send(result: WxUserInfoResult): Promise<AnonymousProfile | SignedProfile> {
    const { userInfo, rawData, signature, encryptedData, iv } = result
    if (!rawData || !signature) throw wxFailure(result, 'UNSUPPORTED')
    if (!userInfo || !userInfo.nickName || userInfo.nickName === PLACEHOLDER) return { anonymous: true }
    const data: ProfileRequest = Object.assign({ rawData, signature }, encryptedData && iv ? { encryptedData, iv } : {})
    return Object.assign({ anonymous: false as const }, await call('POST', endpoints.profile, data))
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
    async save({ nickname, avatarUrl }) {
      const { profile } = (session.current() || {}).user || {}
      let me: MeResponse | undefined
      // The picture first: its temporary file does not live long.
      if (avatarUrl && !(profile && profile.avatarUrl === avatarUrl)) me = keep(await upload({ url: endpoints.avatar, filePath: avatarUrl }))
      return me && nickname === undefined ? me : call('PUT', endpoints.me, { nickname })
    },
  }
}
