import { createAccessTokens } from './access-tokens.js'
import type { AccessTokens } from './access-tokens.js'
import type { Random } from './random.js'
import { checkAppid } from './app.js'

/** A third-party platform (第三方平台) to be registered. */
export interface ComponentOptions {
  /** `wxemu` and 13 hex digits, as of an app. Default: a random one. */
  readonly appid?: string
  /** Appids of the mini programs that authorized it. Default: none. */
  readonly authorizers?: readonly string[]
}

/** A third-party platform: it logs in the users of the mini programs that authorized it. */
export interface Component {
  readonly appid: string
  /** Appids of the mini programs that authorized it; may be changed. */
  authorizers: string[]
}

/** Third-party platforms and their component_access_tokens. */
export interface Components {
  /** Throws TypeError when the appid is not `wxemu` + 13 hex digits, or taken. */
  add(options?: ComponentOptions): Component
  find(appid: string): Component | undefined
  /** A component_access_token; the one before lives on for five minutes. Throws TypeError on an unknown platform. */
  issueToken(appid: string): string
  readonly tokens: AccessTokens
}

/** `now` in ms. `isTaken` tells of appids that are something else. */
export function createComponents(now: () => number, random: Random, isTaken: (appid: string) => boolean): Components {
  const components = new Map<string, Component>()
  const tokens = createAccessTokens(now, random)
  return {
    tokens,
    find: (appid) => components.get(appid),
    add({ appid = `wxemu${random.bytes(7).toString('hex').slice(0, 13)}`, authorizers = [] } = {}) {
      checkAppid(appid)
      if (components.has(appid) || isTaken(appid)) throw new TypeError(`appid ${appid} is registered already`)
      const component = { appid, authorizers: [...authorizers] }
      components.set(appid, component)
      return component
    },
    issueToken(appid) {
      if (!components.has(appid)) throw new TypeError(`unknown third-party platform ${JSON.stringify(appid)}; known: ${[...components.keys()].join(', ') || 'none'}`)
      return tokens.classic(appid).token
    },
  }
}
