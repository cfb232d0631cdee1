import { createHash } from 'node:crypto'
import { randomText } from './random.js'
import type { Random } from './random.js'
import type { AppUser, State } from './state.js'

/** Life of a code in ms. */
const CODE_LIFE = 5 * 60_000

/** A user of a plugin inside a host mini program. */
export interface PluginUser extends AppUser {
  /** The plugin's appid; `appid` is the host's. */
  readonly plugin: string
}

/** What the exchange of a plugin code comes to. */
export type PluginExchange = { readonly errcode: 1005 | 1007 } | { readonly errcode: 0, readonly openpid: string }

/** Codes of wx.pluginLogin. */
export interface PluginCodes {
  /** Throws TypeError on an unknown app, plugin or person. */
  issue(user: PluginUser): string
  /** Uses the code up. `plugin` is the app of the access_token. */
  exchange(plugin: string, code: string): PluginExchange
}

/** `now` in ms. */
export function createPluginCodes(state: State, now: () => number, random: Random): PluginCodes {
  const codes = new Map<string, PluginUser & { readonly issuedAt: number }>()

  // Maps keep the order of insertion, so the oldest codes come first.
  function forgetOld(): void {
    for (const [code, { issuedAt }] of codes) {
      if (issuedAt + CODE_LIFE >= now()) return
      codes.delete(code)
    }
  }

  return {
    issue(user) {
      state.resolve(user)
      state.resolve({ appid: user.plugin, person: user.person })
      forgetOld()
      const code = randomText(random, 32)
      codes.set(code, { ...user, issuedAt: now() })
      return code
    },
    exchange(plugin, code) {
      forgetOld()
      const user = codes.get(code)
      if (user === undefined) return { errcode: 1007 }
      if (user.plugin !== plugin) return { errcode: 1005 }
      codes.delete(code)
      return { errcode: 0, openpid: openpidOf(user) }
    },
  }
}

/** One per user, host and plugin, and always the same. */
export function openpidOf({ appid, person, plugin }: PluginUser): string {
  return `o${createHash('sha256').update(`${plugin}/${appid}/${person}`).digest('base64url').slice(0, 27)}`
}
