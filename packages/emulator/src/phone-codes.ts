import { randomText } from './random.js'
import type { Random } from './random.js'
import type { AppUser, State } from './state.js'

/** Life of a code in ms. */
const CODE_LIFE = 5 * 60_000

/** What the exchange of a phone code comes to. */
export type PhoneExchange = { readonly errcode: 40013 | 40029 } | { readonly errcode: 0, readonly number: string, readonly countryCode: string }

/** Codes of the phone button: not those of wx.login, and not to be taken for them. */
export interface PhoneCodes {
  issue(user: AppUser): string
  /** Uses the code up. `appid` is that of the access_token. */
  exchange(appid: string, code: string): PhoneExchange
}

/** `now` in ms. */
export function createPhoneCodes(state: State, now: () => number, random: Random): PhoneCodes {
  const codes = new Map<string, AppUser & { readonly issuedAt: number }>()

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
      forgetOld()
      const code = randomText(random, 64)
      codes.set(code, { ...user, issuedAt: now() })
      return code
    },
    exchange(appid, code) {
      forgetOld()
      const issued = codes.get(code)
      if (issued === undefined) return { errcode: 40029 }
      if (issued.appid !== appid) return { errcode: 40013 }
      codes.delete(code)
      return { errcode: 0, number: state.resolve(issued).person.phoneNumber, countryCode: '86' }
    },
  }
}
