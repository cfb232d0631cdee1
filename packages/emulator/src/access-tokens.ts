import { randomText } from './random.js'
import type { Random } from './random.js'

/** ms that an access_token lives. */
const TOKEN_LIFE = 7200_000
/** ms before the end at which a renewal gives a new token, and that the old one lives on beside it. */
const OVERLAP = 5 * 60_000
const FORCED_EVERY = 30_000
const FORCED_PER_DAY = 20
const DAY = 86_400_000

interface Token {
  readonly text: string
  expiresAt: number
}

interface AppTokens {
  stable: Token | undefined
  classic: Token | undefined
  /** Tokens that a newer one replaced and that still work for a while. */
  fading: Token[]
  /** When refreshes were forced, in ms since the epoch. */
  forced: number[]
}

/** What a token is worth: the app it belongs to, or the errcode of WeChat. */
export type TokenVerdict = { readonly appid: string } | { readonly errcode: 41001 | 40001 | 42001 }

/** access_tokens of all apps: the two ways to get them are isolated from each other. */
export interface AccessTokens {
  /** `/cgi-bin/stable_token`: the same token for everybody, a new one in the last five minutes or when forced. `expiresIn` in seconds. */
  stable(appid: string, force: boolean): { readonly token: string, readonly expiresIn: number }
  /** `/cgi-bin/token`: a new token with each call; the one before lives on for five minutes. */
  classic(appid: string): { readonly token: string, readonly expiresIn: number }
  check(token: string | null): TokenVerdict
}

/** `now` in ms. */
export function createAccessTokens(now: () => number, random: Random): AccessTokens {
  const apps = new Map<string, AppTokens>()
  const of = (appid: string): AppTokens => {
    const known = apps.get(appid) ?? { stable: undefined, classic: undefined, fading: [], forced: [] }
    apps.set(appid, known)
    return known
  }
  const mint = (): Token => ({ text: `${randomText(random, 40)}_${randomText(random, 90)}`, expiresAt: now() + TOKEN_LIFE })
  const fade = (app: AppTokens, token: Token | undefined): void => {
    app.fading = app.fading.filter(({ expiresAt }) => expiresAt > now())
    if (token !== undefined) app.fading.push({ text: token.text, expiresAt: Math.min(token.expiresAt, now() + OVERLAP) })
  }
  const answer = (token: Token) => ({ token: token.text, expiresIn: Math.floor((token.expiresAt - now()) / 1000) })

  // Too soon, or too often today: WeChat does not refresh, and gives the token there is.
  function mayForce(app: AppTokens): boolean {
    app.forced = app.forced.filter((at) => at > now() - DAY)
    return app.forced.length < FORCED_PER_DAY && (app.forced.at(-1) ?? -Infinity) <= now() - FORCED_EVERY
  }

  return {
    stable(appid, force) {
      const app = of(appid)
      if (force && mayForce(app)) {
        app.forced.push(now())
        app.stable = mint() // the token before is dead at once: it does not fade
      } else if (app.stable === undefined || app.stable.expiresAt - now() <= OVERLAP) {
        fade(app, app.stable)
        app.stable = mint()
      }
      return answer(app.stable)
    },
    classic(appid) {
      const app = of(appid)
      fade(app, app.classic)
      app.classic = mint()
      return answer(app.classic)
    },
    check(token) {
      if (token === null || token === '') return { errcode: 41001 }
      for (const [appid, { stable, classic, fading }] of apps) {
        const found = [stable, classic, ...fading].find((candidate) => candidate?.text === token)
        if (found !== undefined) return found.expiresAt > now() ? { appid } : { errcode: 42001 }
      }
      return { errcode: 40001 }
    },
  }
}
