import { createHash } from 'node:crypto'
import type { AppUser } from '../state.js'

/** Something that WeChat tells an app's back end about a user. */
export interface PushEvent extends AppUser {
  /** `user_info_modified`, `user_authorization_revoke`, `user_authorization_cancellation`, or any other. */
  readonly event: string
  /** Of `user_authorization_revoke`: what the user withdrew, such as `'8'` (phone number) or `'6'` (nickname and avatar). */
  readonly revokeInfo?: string
  /** When it happened in a plugin: the plugin's appid and the user's openpid there. */
  readonly plugin?: { readonly appid: string, readonly openpid: string }
  /** Further members of the event, for events that the emulator does not know. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** The members of a pushed event, in WeChat's order. */
export type PushMessage = Readonly<Record<string, unknown>>

/** The original id (`gh_…`) of an app; always the same for the same appid. */
export function originalIdOf(appid: string): string {
  return `gh_${createHash('sha256').update(appid).digest('hex').slice(0, 12)}`
}

/** The event of a user. `now` in ms. Throws TypeError when `user_authorization_revoke` does not tell what was revoked. */
export function makeUserEvent({ appid, event, revokeInfo, plugin, fields }: PushEvent, openid: string, now: number): PushMessage {
  if (event === 'user_authorization_revoke' && !/^\d+(,\d+)*$/.test(revokeInfo ?? '')) throw new TypeError('push: user_authorization_revoke needs "revokeInfo", the number of what was revoked, such as "8" for the phone number')
  return {
    ToUserName: originalIdOf(appid),
    FromUserName: openid,
    CreateTime: Math.floor(now / 1000),
    MsgType: 'event',
    Event: event,
    ...event.startsWith('user_') && { OpenID: openid, AppID: appid },
    ...revokeInfo !== undefined && { RevokeInfo: revokeInfo },
    ...plugin !== undefined && { PluginID: plugin.appid, OpenPID: plugin.openpid },
    ...fields,
  }
}
