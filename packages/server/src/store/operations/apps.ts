import type { Revocation } from './sessions.js'

/** An app that is switched off. */
export interface DisabledApp {
  readonly appid: string
  /** ms since the epoch. */
  readonly disabledAt: number
}

/** Switching apps off and on. */
export interface AppStore {
  /** Switches an app off: no login is written, and its sessions are worth nothing until it is on again. */
  disableApp(appid: string, at: number): Promise<Revocation>
  /** Switches an app on: the sessions that have not expired stand again. null when it was not off. */
  enableApp(appid: string, at: number): Promise<Revocation | null>
  findDisabledApps(): Promise<readonly DisabledApp[]>
}
