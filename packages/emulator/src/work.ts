import { createAccessTokens } from './access-tokens.js'
import type { AccessTokens } from './access-tokens.js'
import { randomText } from './random.js'
import type { Random } from './random.js'
import type { State } from './state.js'

/** Life of a code in ms. */
const CODE_LIFE = 5 * 60_000

/** A company in WeChat Work (企业微信) to be registered. */
export interface CorpOptions {
  /** `wwemu` and 13 hex digits. Default: a random one. */
  readonly corpid?: string
  /** Secret of its mini program. Default: 32 random hex digits. */
  readonly secret?: string
}

/** A company in WeChat Work; every person is a member, with the person's id as userid. */
export interface Corp {
  readonly corpid: string
  readonly secret: string
}

/** A member of a company. */
export interface CorpUser {
  readonly corpid: string
  /** Id of the person. */
  readonly person: string
}

/** What the exchange of a code of wx.qy.login comes to. */
export type WorkExchange = { readonly errcode: 40029 } | { readonly errcode: 0, readonly userid: string, readonly sessionKey: string }

/** Companies, their access_tokens and the codes of their members. */
export interface Corps {
  /** Throws TypeError when the corpid is not `wwemu` + 13 hex digits, or taken. */
  add(options?: CorpOptions): Corp
  find(corpid: string): Corp | undefined
  /** A code, as wx.qy.login hands it out. Throws TypeError on an unknown company or person. */
  issueCode(user: CorpUser): string
  /** Uses the code up. */
  exchange(corpid: string, code: string): WorkExchange
  readonly tokens: AccessTokens
}

/** `now` in ms. */
export function createCorps(state: State, now: () => number, random: Random): Corps {
  const corps = new Map<string, Corp>()
  const codes = new Map<string, CorpUser & { readonly issuedAt: number }>()

  // Maps keep the order of insertion, so the oldest codes come first.
  function forgetOld(): void {
    for (const [code, { issuedAt }] of codes) {
      if (issuedAt + CODE_LIFE >= now()) return
      codes.delete(code)
    }
  }

  return {
    tokens: createAccessTokens(now, random),
    find: (corpid) => corps.get(corpid),
    add({ corpid = `wwemu${random.bytes(7).toString('hex').slice(0, 13)}`, secret = random.bytes(16).toString('hex') } = {}) {
      if (!/^wwemu[0-9a-f]{13}$/.test(corpid)) throw new TypeError(`the emulator refuses real CorpIDs: ${JSON.stringify(corpid)} is not "wwemu" and 13 hex digits`)
      if (corps.has(corpid)) throw new TypeError(`corpid ${corpid} is registered already`)
      const corp = { corpid, secret }
      corps.set(corpid, corp)
      return corp
    },
    issueCode({ corpid, person }) {
      if (!corps.has(corpid)) throw new TypeError(`unknown corpid ${JSON.stringify(corpid)}; known: ${[...corps.keys()].join(', ') || 'none'}`)
      if (state.findPerson(person) === undefined) throw new TypeError(`unknown person ${JSON.stringify(person)}`)
      forgetOld()
      const code = randomText(random, 32)
      codes.set(code, { corpid, person, issuedAt: now() })
      return code
    },
    exchange(corpid, code) {
      forgetOld()
      const login = codes.get(code)
      if (login === undefined || login.corpid !== corpid) return { errcode: 40029 }
      codes.delete(code)
      return { errcode: 0, userid: login.person, sessionKey: random.bytes(16).toString('base64') }
    },
  }
}
