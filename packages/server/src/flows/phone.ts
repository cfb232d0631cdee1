import type { Phone, PhoneRequest } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { Phones } from '../user/phone.js'
import type { WechatCall } from '../wechat/call.js'
import { codeToPhone } from '../wechat/phone-number.js'
import type { HookRunner } from './hooks.js'
import { gone } from './me.js'
import { createOncePerCode } from './once-per-code.js'
import type { Session } from './verify.js'

/**
 * Swaps the code of the phone button for the number and binds it to the user; whoever had it before has it no more.
 * Throws `wx_code_invalid` and `wx_code_used` with `ask_user`: a new code needs a new tap.
 */
export type BindPhone = (session: Session, request: PhoneRequest) => Promise<Phone>

export interface PhoneParts {
  readonly call: WechatCall
  readonly phones: Phones
  readonly hooks: HookRunner
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

export function createBindPhone({ call, phones, hooks, clock, log, pseudonym }: PhoneParts): BindPhone {
  // Each success is billed: a double tap or a retry under way shares the first one's.
  const once = createOncePerCode<Phone>(() => clock.now(), 'ask_user')
  return ({ uid, appid }, { code }) => once(`${appid} phone ${uid}`, code, async () => {
    const { number, countryCode } = await codeToPhone(call, appid, code)
    const phone = (await phones.save(uid, number, countryCode, clock.now())) ?? gone()
    log.info({ event: 'phone_bound', appid, user: pseudonym(uid) }, 'phone number bound')
    await hooks.run('onPhone', { uid, appid, masked: phone.masked })
    return phone
  })
}
