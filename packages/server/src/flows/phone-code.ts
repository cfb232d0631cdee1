import { createHash } from 'node:crypto'
import type { Phone } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import type { PhoneConfig } from '../config.js'
import { AuthError, isAuthError } from '../errors.js'
import type { Logger } from '../log.js'
import type { Store } from '../store/store.js'
import type { Phones } from '../user/phone.js'
import type { WechatCall } from '../wechat/call.js'
import { codeToPhone, isAllowed } from '../wechat/phone-number.js'
import type { WechatPhone } from '../wechat/phone-number.js'
import { neverLeft } from './once-per-code.js'
import type { TellPhone } from './tell-phone.js'
import type { Session } from './verify.js'

/**
 * Swaps a code of the phone button for the number, which WeChat bills, and binds it. The same code of the same user gives the same number
 * again, whatever got lost on the way: the answer, or the database for a while.
 */
export type BuyPhone = (session: Session, code: string) => Promise<Phone>

export interface BuyPhoneParts {
  readonly phone: PhoneConfig
  readonly call: WechatCall
  readonly store: Store
  readonly phones: Phones
  readonly tell: TellPhone
  readonly clock: Clock
  readonly log: Logger
}

const DAY_MS = 86_400_000
/** How long a number that is paid for and could not be saved is kept, in ms; a code lives five minutes. */
const KEPT_MS = 10 * 60_000

export function createBuyPhone({ phone: rules, call, store, phones, tell, clock, log }: BuyPhoneParts): BuyPhone {
  // A double tap, or a retry while the first is under way, shares it.
  const underWay = new Map<string, Promise<Phone>>()
  const unsaved = createUnsaved(() => clock.now())

  async function buy(session: Session, code: string, hash: string): Promise<Phone> {
    const { uid, appid } = session
    const now = clock.now()
    const claim = await store.claimPhoneCode({ hash, appid, uid, at: now, since: now - DAY_MS, mostOfUser: rules.mostOfUser, mostOfApp: rules.mostOfApp })
    if (claim === 'user_limit' || claim === 'app_limit') {
      if (claim === 'app_limit') log.error({ event: 'phone_budget_spent', appid }, 'this app has bought as many phone numbers today as phoneBudget allows')
      throw new AuthError('rate_limited', { retryAfter: DAY_MS / 1000, detail: 'As many phone numbers as phoneBudget allows in 24 hours.' })
    }
    if (claim === 'bound') return await phones.find(uid) ?? used()
    const bought = claim === 'claimed' ? await exchange(appid, code, hash) : unsaved.find(hash) ?? used()
    if (!isAllowed(bought, rules.numbers)) throw new AuthError('phone_unavailable')
    unsaved.keep(hash, bought)
    const bound = await phones.save(session, bought.number, bought.countryCode, clock.now(), hash)
    unsaved.forget(hash)
    if (!bound) return ended()
    await tell(session, bound)
    return bound
  }

  async function exchange(appid: string, code: string, hash: string): Promise<WechatPhone> {
    try {
      return await codeToPhone(call, appid, code)
    } catch (error) {
      const outcome = neverAsked(error) ? 'unsent' : isRefused(error) ? 'refused' : null
      // The claim that stays behind counts once too often, at most; what happened matters more to the caller.
      if (outcome) await store.endPhoneCode(hash, outcome).catch((cause: unknown) => log.warn({ err: cause }, 'a phone code could not be released'))
      throw error
    }
  }

  return (session, code) => {
    const { uid, appid } = session
    const hash = createHash('sha256').update(`phone ${appid} ${code}`).digest('hex')
    const key = `${uid} ${hash}`
    const running = underWay.get(key) ?? buy(session, code, hash).finally(() => underWay.delete(key))
    underWay.set(key, running)
    return running
  }
}

// Also what went wrong before the call: without an access_token no code was sent.
function neverAsked(error: unknown): boolean {
  return neverLeft(error) || (isAuthError(error) && ['store_unavailable', 'wx_config_error', 'wx_quota_exhausted'].includes(error.code))
}

// WeChat looked at the code and gave no number for it.
function isRefused(error: unknown): boolean {
  return isAuthError(error) && error.wechat !== undefined && error.wechat.errcode !== -1
}

function used(): never {
  throw new AuthError('wx_code_used', { action: 'ask_user' })
}

/** The session ended while its number was fetched. */
export function ended(): never {
  throw new AuthError('session_unknown', { detail: 'The session ended meanwhile.' })
}

interface Unsaved {
  keep(hash: string, phone: WechatPhone): void
  find(hash: string): WechatPhone | undefined
  forget(hash: string): void
}

// In memory, for it is the database that fails: the number stands in a Secret, and the oldest go first.
function createUnsaved(now: () => number): Unsaved {
  const kept = new Map<string, { readonly phone: WechatPhone, readonly until: number }>()
  return {
    keep(hash, phone) {
      for (const [old, { until }] of kept) {
        if (until > now()) break
        kept.delete(old)
      }
      kept.set(hash, { phone, until: now() + KEPT_MS })
    },
    find(hash) {
      const found = kept.get(hash)
      return found && found.until > now() ? found.phone : undefined
    },
    forget: (hash) => void kept.delete(hash),
  }
}
