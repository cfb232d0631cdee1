import type { Phone, PhoneRequest } from '@tongxing/protocol'
import type { PhoneConfig } from '../config.js'
import { AuthError } from '../errors.js'
import type { Clock } from '../clock.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { Phones } from '../user/phone.js'
import type { WechatCall } from '../wechat/call.js'
import { isMadeByWechat } from '../wechat/checked-message.js'
import { openEncryptedData } from '../wechat/encrypted-data.js'
import { isAllowed, readPhone } from '../wechat/phone-number.js'
import type { WechatPhone } from '../wechat/phone-number.js'
import type { TakeData } from './encrypted-data.js'
import type { HookRunner } from './hooks.js'
import { ended } from './phone-code.js'
import type { BuyPhone } from './phone-code.js'
import type { Session } from './verify.js'

/**
 * Binds the number of the phone button to the user; whoever had it before has it no more.
 * With a code: `wx_code_invalid` and `wx_code_used` with `ask_user` (a new code needs a new tap), `phone_unavailable`, `rate_limited`.
 * `session_unknown` when the session ended while the number was fetched; {@link Verify} tells by what.
 * With encryptedData: `not_enabled`, and the codes of {@link TakeData}, a number that may not be bound included.
 */
export type BindPhone = (session: Session, request: PhoneRequest) => Promise<Phone>

export interface PhoneParts {
  readonly phone: PhoneConfig
  readonly call: WechatCall
  readonly phones: Phones
  readonly hooks: HookRunner
  readonly buyPhone: BuyPhone
  readonly takeData: TakeData
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

export function createBindPhone({ phone: rules, call, phones, hooks, buyPhone, takeData, clock, log, pseudonym }: PhoneParts): BindPhone {
  async function open(session: Session, encryptedData: string, iv: string): Promise<Phone> {
    if (rules.encryptedData === false) throw new AuthError('not_enabled', { detail: 'Send the code of the button’s event, or set phoneEncryptedData.' })
    const { number, countryCode } = await takeData<WechatPhone>(session, {
      refusal: 'phone_refused',
      encryptedData,
      ...(rules.encryptedData === 'strict' && { vouch: (data) => isMadeByWechat(call, session.appid, data) }),
      judge(keys, expected) {
        const data = openEncryptedData(keys, encryptedData, iv, expected)
        const found = data && readPhone(data)
        // Refused like the rest: an answer of its own would tell that the data decrypted.
        const allowed = found !== null && isAllowed(found, rules.numbers)
        return { isGood: allowed, value: found as WechatPhone, why: { opened: data !== null, readable: found !== null, allowed } }
      },
    })
    return (await phones.save(session, number, countryCode, clock.now())) ?? ended()
  }

  return async (session, request) => {
    const phone = 'code' in request ? await buyPhone(session, request.code) : await open(session, request.encryptedData, request.iv)
    log.info({ event: 'phone_bound', appid: session.appid, user: pseudonym(session.uid) }, 'phone number bound')
    await hooks.run('onPhone', { uid: session.uid, appid: session.appid, masked: phone.masked })
    return phone
  }
}
