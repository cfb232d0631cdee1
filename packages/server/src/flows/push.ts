import { createHash } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { App, PushEvent } from '../config.js'
import { AuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { Store } from '../store/store.js'
import { readEcho, readPush } from '../wechat/push.js'
import type { PushMessage, PushSecrets } from '../wechat/push.js'
import type { HookRunner } from './hooks.js'
import type { PictureChecks } from './picture-check.js'

/** What WeChat pushes. Throws `app_unknown`, `not_enabled`, and `forbidden` for everything that WeChat did not sign for this app. */
export interface Push {
  /** The console's look at the address: what is to be answered as it stands. */
  echo(appid: string, query: URLSearchParams): string
  /** One event. It takes effect before this resolves, and once however often it comes; unknown events are logged and no error. */
  receive(appid: string, query: URLSearchParams, body: string): Promise<void>
}

export interface PushParts {
  readonly apps: readonly App[]
  readonly store: Store
  /** Takes WeChat's verdict on a picture. */
  readonly pictures: Pick<PictureChecks, 'judge'>
  /** Removes the pictures that belong to nobody any more. */
  readonly sweep: () => Promise<void>
  readonly hooks: HookRunner
  /** Forgets a user altogether. */
  readonly erase: (uid: string) => Promise<unknown>
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

/** How long an event is remembered, in ms: longer than its timestamp may be old. */
const REMEMBERED_MS = 60 * 60_000

/** What a user can withdraw, by WeChat's number, and what is removed then. Source: WeChat, event_push. */
const REVOCABLE: Readonly<Record<string, readonly ('nickname' | 'avatar' | 'phone')[]>> = {
  6: ['nickname', 'avatar'], 8: ['phone'], 19: ['nickname'], 20: ['avatar'],
}

export function createPush(parts: PushParts): Push {
  const { apps, store, hooks, clock, log, pseudonym } = parts

  function secretsOf(appid: string): PushSecrets {
    const app = apps.find((known) => known.appid === appid)
    if (!app) throw new AuthError('app_unknown')
    if (!app.push) throw new AuthError('not_enabled', { detail: 'Set "push" of this app.' })
    return app.push
  }

  async function take(appid: string, message: PushMessage): Promise<PushEvent> {
    const { Event, OpenID, FromUserName } = message
    const event = textOf(Event)
    const openid = textOf(OpenID) || textOf(FromUserName)
    const uid = await store.findUid(appid, openid)
    const isKnown = Object.hasOwn(EFFECTS, event)
    log.info({ event: 'wechat_push', appid, name: event.slice(0, 64), known: isKnown, user: uid && pseudonym(uid) }, 'WeChat pushed an event')
    const judged = isKnown ? await EFFECTS[event]!(parts, { appid, uid, message }) : null
    return { appid, event, uid: uid ?? judged ?? null, message }
  }

  return {
    echo(appid, query) {
      const echo = readEcho(secretsOf(appid), query, clock.now())
      if (echo === null) throw new AuthError('forbidden')
      return echo
    },
    async receive(appid, query, body) {
      const message = await readPush(secretsOf(appid), appid, query, body, clock.now())
      if (message === null) throw new AuthError('forbidden')
      // The event itself, not its envelope: WeChat sends it again under another stamp. Marked afterwards: an effect that failed must come again.
      const hash = createHash('sha256').update(`push ${appid} ${JSON.stringify(message)}`).digest('hex')
      if (await store.isDataUsed(hash)) return
      const event = await take(appid, message)
      // Of two deliveries at once one marks it, and tells the application.
      if (await store.useData(hash, clock.now() + REMEMBERED_MS)) await hooks.run('onPush', event)
    },
  }
}

/** Resolves to the user whom it turned out to be about, if it names none itself. */
type Effect = (parts: PushParts, happened: Pick<PushEvent, 'appid' | 'uid' | 'message'>) => Promise<string | null>

// Each may run twice at once and then has done the same.
const EFFECTS: Readonly<Record<string, Effect>> = {
  // What WeChat had signed is no longer what the user shows; what he typed in himself stays.
  user_info_modified: onUser(({ store, clock }, uid) => store.forgetWechatProfile(uid, clock.now())),
  // Several may stand in one text, separated by commas; numbers that are not ours to keep are passed over.
  user_authorization_revoke: onUser(({ store, clock }, uid, { RevokeInfo }) => {
    const what = textOf(RevokeInfo).split(',').flatMap((number) => REVOCABLE[number.trim()] ?? [])
    return store.forgetRevoked(uid, what, clock.now())
  }),
  // The user has closed his account with this mini program: nothing of him is kept.
  user_authorization_cancellation: onUser(({ erase }, uid) => erase(uid)),
  async wxa_media_check({ pictures, sweep }, { appid, message }) {
    const uid = await pictures.judge(appid, message)
    if (uid !== null) await sweep()
    return uid
  },
}

// Who is not a user here has nothing here that could be taken back.
function onUser(effect: (parts: PushParts, uid: string, message: PushMessage) => Promise<unknown>): Effect {
  return async (parts, { uid, message }) => {
    if (uid !== null) await effect(parts, uid, message)
    return uid
  }
}

// Numbers stand in JSON as they are and in XML as text; what is neither names nobody.
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
