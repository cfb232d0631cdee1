import type { Clock } from '../clock.js'
import type { App } from '../config.js'
import { AuthError } from '../errors.js'
import type { Logger } from '../log.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { Store } from '../store/store.js'

/** Switching apps off and on, for all servers of this database. */
export interface Apps {
  /** The configured apps, in their order. */
  list(): Promise<readonly AppState[]>
  /** Switches an app off: its logins and sessions are `app_disabled`, here at once, on other servers within the feed's age. Throws `app_unknown`. */
  disable(appid: string): Promise<void>
  /** Switches an app on again: its sessions stand again unless they have expired. False when it was not off. Throws `app_unknown`. */
  enable(appid: string): Promise<boolean>
}

/** An app and whether it is on. */
export interface AppState {
  readonly appid: string
  /** ms since the epoch; null while it is on. */
  readonly disabledAt: number | null
}

export interface AppsParts {
  readonly apps: readonly App[]
  readonly store: Store
  readonly index: RevocationIndex
  readonly clock: Clock
  readonly log: Logger
}

export function createApps({ apps, store, index, clock, log }: AppsParts): Apps {
  const demand = (appid: string): void => {
    if (!apps.some((app) => app.appid === appid)) throw new AuthError('app_unknown')
  }
  return {
    async list() {
      const disabled = new Map((await store.findDisabledApps()).map(({ appid, disabledAt }) => [appid, disabledAt]))
      return apps.map(({ appid }) => ({ appid, disabledAt: disabled.get(appid) ?? null }))
    },
    async disable(appid) {
      demand(appid)
      index.apply(await store.disableApp(appid, clock.now()))
      log.warn({ event: 'app_disabled', appid }, 'app switched off: its logins and sessions are refused')
    },
    async enable(appid) {
      demand(appid)
      const revocation = await store.enableApp(appid, clock.now())
      if (!revocation) return false
      index.apply(revocation)
      log.info({ event: 'app_enabled', appid }, 'app switched on')
      return true
    },
  }
}
