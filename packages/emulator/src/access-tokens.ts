import { randomText } from './random.js'
import type { Random } from './random.js'

/** ms that an access_token lives. */
const TOKEN_LIFE = 7200_000
/** ms before the end at which a renewal gives a new token, and that the old one lives on beside it. */
const OVERLAP = 5 * 60_000
/** ms that a dead token is remembered, to be told as expired rather than unknown. */
const MEMORY = 3600_000
const FORCED_EVERY = 30_000
const FORCED_PER_DAY = 20
const DAY = 86_400_000

interface Token {
  readonly text: string
  readonly appid: string
  readonly mintedAt: number
  expiresAt: number
}

interface AppTokens {
  stable: Token | undefined
  classic: Token | undefined
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
  const tokens = new Map<string, Token>()
  const of = (appid: string): AppTokens => {
    const known = apps.get(appid) ?? { stable: undefined, classic: undefined, forced: [] }
    apps.set(appid, known)
    return known
  }

  function mint(appid: string): Token {
    // Maps keep the order of insertion, so the oldest tokens come first.
    for (const [text, { mintedAt }] of tokens) {
      if (mintedAt + TOKEN_LIFE + MEMORY > now()) break
      tokens.delete(text)
    }
    const token = { text: `${randomText(random, 40)}_${randomText(random, 90)}`, appid, mintedAt: now(), expiresAt: now() + TOKEN_LIFE }
    tokens.set(token.text, token)
    return token
  }

  const fade = (token: Token | undefined): void => {
    if (token !== undefined) token.expiresAt = Math.min(token.expiresAt, now() + OVERLAP)
  }
  const kill = (token: Token | undefined): void => {
    if (token !== undefined) tokens.delete(token.text)
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
        kill(app.stable)
        app.stable = mint(appid)
      } else if (app.stable === undefined || app.stable.expiresAt - now() <= OVERLAP) {
        fade(app.stable)
        app.stable = mint(appid)
      }
      return answer(app.stable)
    },
    classic(appid) {
      const app = of(appid)
      fade(app.classic)
      app.classic = mint(appid)
      return answer(app.classic)
    },
    check(text) {
      if (text === null || text === '') return { errcode: 41001 }
      const token = tokens.get(text)
      if (token === undefined) return { errcode: 40001 }
      return token.expiresAt > now() ? { appid: token.appid } : { errcode: 42001 }
    },
  }
}
