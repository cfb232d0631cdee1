import type { Action, ErrorCode } from './errors.js'

/** Every route of the server: method and path. */
export const ROUTES = {
  login: { method: 'POST', path: '/v1/login' },
  logout: { method: 'POST', path: '/v1/logout' },
  session: { method: 'GET', path: '/v1/session' },
  sessions: { method: 'GET', path: '/v1/sessions' },
  endSession: { method: 'DELETE', path: '/v1/sessions/{id}' },
  me: { method: 'GET', path: '/v1/me' },
  updateMe: { method: 'PUT', path: '/v1/me' },
  saveAvatar: { method: 'POST', path: '/v1/me/avatar' },
  avatar: { method: 'GET', path: '/v1/avatars/{id}' },
  profile: { method: 'POST', path: '/v1/me/profile' },
  phone: { method: 'POST', path: '/v1/me/phone' },
  giveConsent: { method: 'PUT', path: '/v1/me/consents/{purpose}' },
  withdrawConsent: { method: 'DELETE', path: '/v1/me/consents/{purpose}' },
  exportMe: { method: 'GET', path: '/v1/me/export' },
  eraseMe: { method: 'POST', path: '/v1/me/erase' },
  ticket: { method: 'POST', path: '/v1/tickets' },
  redeem: { method: 'POST', path: '/v1/tickets/redeem' },
  introspect: { method: 'POST', path: '/v1/introspect' },
  /** For WeChat alone: the console looks whether the address is the app's back end. */
  pushCheck: { method: 'GET', path: '/v1/wechat/push/{appid}' },
  /** For WeChat alone: an event. */
  push: { method: 'POST', path: '/v1/wechat/push/{appid}' },
} as const

/** `POST /v1/login`, the body. */
export interface LoginRequest {
  /** AppID of the mini program, from `wx.getAccountInfoSync()`. */
  readonly appid: string
  /** The code of `wx.login()`: one use, 5 minutes. */
  readonly code: string
  /** What the user would recognise this device by, at most 64 characters. */
  readonly device?: string
  /** The code of a phone button, to bind the number with the same request; it is used only when the login has succeeded. */
  readonly phoneCode?: string
  /** Free data for the application's own hooks, at most 1 KiB as JSON. Never stored. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** `POST /v1/login`, the answer. */
export interface LoginResponse {
  /** The sealed session: opaque, to be stored and sent as `Authorization: Bearer <token>`. */
  readonly token: string
  /** ms since the epoch, by the server's clock: with it the phone knows the session's life, however wrong its own clock is. */
  readonly issuedAt: number
  /** When the session ends, in ms since the epoch. */
  readonly expiresAt: number
  readonly user: LoginUser
  /** Only with `phoneCode`, when the login succeeded and no number was bound; with `retry_later` the same code may be sent to `POST /v1/me/phone`. */
  readonly phoneFailure?: PhoneFailure
}

/** Why no number was bound. */
export interface PhoneFailure {
  readonly code: ErrorCode
  readonly action: Action
}

/** The user as a login tells it. */
export interface LoginUser {
  /** Our user's public id, opaque. */
  readonly uid: string
  /** True when this login created the user. */
  readonly isNew: boolean
  readonly profile?: Profile
  /** Only with `phoneCode`: the number it gave. */
  readonly phone?: Phone
}

/** Nickname and avatar that the user gave. */
export interface Profile {
  readonly nickname: string | null
  /** Where the picture is. A path, `/v1/avatars/…`, is to be read against the address of the server; it is whole when the server knows its own. */
  readonly avatarUrl: string | null
  /** `wechat`: signed by WeChat (getUserProfile, getUserInfo). `user`: typed in by the user. */
  readonly source: 'wechat' | 'user'
  /** ms since the epoch. */
  readonly updatedAt: number
}

/** `POST /v1/logout`, the body; may be empty. */
export interface LogoutRequest {
  /** True ends every session of the user, on all devices and in all apps. */
  readonly everywhere?: boolean
}

/** `GET /v1/session`, the answer; the same uid and appid come as `X-Tongxing-Uid` and `X-Tongxing-Appid` headers. */
export interface SessionResponse {
  readonly uid: string
  readonly appid: string
  /** Public id of the session; it opens nothing. */
  readonly sessionId: string
  /** ms since the epoch. */
  readonly issuedAt: number
  /** ms since the epoch. */
  readonly expiresAt: number
}

/** `GET /v1/sessions`, the answer: where the user is logged in, newest first. */
export interface SessionsResponse {
  readonly sessions: readonly ListedSession[]
}

/** One session of the user. */
export interface ListedSession {
  /** For `DELETE /v1/sessions/{id}`; it opens nothing. */
  readonly sessionId: string
  readonly appid: string
  /** What the login called the device; null when it did not. */
  readonly device: string | null
  /** ms since the epoch. */
  readonly issuedAt: number
  /** ms since the epoch. */
  readonly expiresAt: number
  /** True for the session that asks. */
  readonly current: boolean
}

/** `GET /v1/me`, `PUT /v1/me` and `POST /v1/me/profile`, the answer. */
export interface MeResponse {
  readonly uid: string
  /** ms since the epoch. */
  readonly createdAt: number
  /** null until the user gave one; WeChat's placeholder (「微信用户」) counts as none. */
  readonly profile: Profile | null
  /** null until the user gave one. */
  readonly phone: Phone | null
}

/** A phone number as the wire shows it: never whole. */
export interface Phone {
  /** `138****8000` */
  readonly masked: string
  /** `86` */
  readonly countryCode: string
  /** When WeChat vouched for it, in ms since the epoch. */
  readonly verifiedAt: number
}

/** `POST /v1/me/phone`, the body. */
export type PhoneRequest = PhoneByCode | PhoneByData

/** The way to take. */
export interface PhoneByCode {
  /** The code of the phone button's event (not of `wx.login`): one use, 5 minutes. The same user may send it again and gets the same number. */
  readonly code: string
}

/** The way below base library 2.21.2; `not_enabled` unless the server's `phoneEncryptedData` is set. */
export interface PhoneByData {
  readonly encryptedData: string
  readonly iv: string
}

/** `POST /v1/me/phone`, the answer. */
export interface PhoneResponse {
  readonly phone: Phone
}

/** `PUT /v1/me`, the body. */
export interface UpdateMeRequest {
  /** 1 to 64 code points, no control characters. */
  readonly nickname?: string
}

/** `POST /v1/me/profile`, the body: what `wx.getUserProfile` or `wx.getUserInfo` handed out, untouched. */
export interface ProfileRequest {
  /** The exact text WeChat signed; never parse and re-serialise it. */
  readonly rawData: string
  /** sha1 hex of rawData + session_key. */
  readonly signature: string
  readonly encryptedData?: string
  readonly iv?: string
}

/** `PUT /v1/me/consents/{purpose}`, the body: the user agreed. A purpose has 1 to 32 of a-z, 0-9, `_` and `-`. */
export interface ConsentRequest {
  /** Of the text that the user saw: 1 to 32 letters, digits, dots, dashes. */
  readonly version: string
}

/** `GET /v1/me/export`, the answer: everything that is held on the user. Times in ms since the epoch. */
export interface ExportResponse {
  readonly exportedAt: number
  readonly uid: string
  readonly createdAt: number
  readonly profile: Profile | null
  /** Whole, with `+` and country code. */
  readonly phone: { readonly number: string, readonly verifiedAt: number } | null
  readonly identities: readonly { readonly appid: string, readonly openid: string, readonly unionid: string | null }[]
  /** Ended ones too, newest first. */
  readonly sessions: readonly ExportedSession[]
  /** Everything that the user ever agreed to, oldest first. */
  readonly consents: readonly { readonly purpose: string, readonly version: string, readonly givenAt: number, readonly withdrawnAt: number | null }[]
  /** What the audit log tells of him, oldest first. */
  readonly events: readonly { readonly at: number, readonly event: string, readonly appid: string | null, readonly subject: string | null, readonly detail: string | null }[]
}

/** One session of an export. */
export interface ExportedSession {
  readonly sessionId: string
  readonly appid: string
  readonly device: string | null
  readonly issuedAt: number
  readonly expiresAt: number
  /** null unless it ended before its time. */
  readonly endedAt: number | null
  readonly endReason: string | null
}

/** `POST /v1/me/erase`, the answer: everything is gone. The same token once more gets the same receipt. */
export interface EraseReceipt {
  readonly id: string
  /** ms since the epoch. */
  readonly erasedAt: number
  /** How much of each was erased. */
  readonly what: { readonly identities: number, readonly sessions: number, readonly phones: number, readonly consents: number, readonly avatars: number }
}

/** `POST /v1/tickets`, the answer: hands the session's user over to a web-view, once. */
export interface TicketResponse {
  /** Goes into the web-view's URL; the H5's back end redeems it. */
  readonly ticket: string
  /** ms since the epoch: 60 s from now. */
  readonly expiresAt: number
}

/** `POST /v1/tickets/redeem`, the body; sent by the H5's back end with an api key. */
export interface RedeemRequest {
  readonly ticket: string
}

/** `POST /v1/tickets/redeem`, the answer. */
export interface RedeemResponse {
  readonly uid: string
  readonly appid: string
  readonly sessionId: string
}

/** `POST /v1/introspect`, the body (RFC 7662; a form is taken too); sent by a back end with an api key. */
export interface IntrospectRequest {
  readonly token: string
}

/** `POST /v1/introspect`, the answer (RFC 7662, 2.2): nothing but `active: false` when the token is worth nothing. */
export type IntrospectResponse = { readonly active: false } | ActiveToken

/** A session that stands, for back ends. */
export interface ActiveToken {
  readonly active: true
  /** The uid. */
  readonly sub: string
  /** The AppID. */
  readonly client_id: string
  /** When the session ends, in SECONDS since the epoch, as the RFC has it. */
  readonly exp: number
  /** When it was issued, in SECONDS since the epoch. */
  readonly iat: number
  readonly sessionId: string
  /** The user's openid in this app: needed to pay or to notify. */
  readonly openid: string
  readonly unionid: string | null
  /** The application's own id of the user; null unless he was imported with one. */
  readonly externalId: string | null
}
