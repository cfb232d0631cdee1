import type { Phone, PhoneRequest } from '@tongxing/protocol'
import type { PhoneConfig } from '../config.js'
import { AuthError } from '../errors.js'
import type { Clock } from '../clock.js'
import type { Phones } from '../user/phone.js'
import type { WechatCall } from '../wechat/call.js'
import { isMadeByWechat } from '../wechat/checked-message.js'
import { openEncryptedData } from '../wechat/encrypted-data.js'
import { isAllowed, readPhone } from '../wechat/phone-number.js'
import type { WechatPhone } from '../wechat/phone-number.js'
import type { TakeData } from './encrypted-data.js'
import { ended } from './phone-code.js'
import type { BuyPhone } from './phone-code.js'
import type { TellPhone } from './tell-phone.js'
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
  readonly tell: TellPhone
  readonly buyPhone: BuyPhone
  readonly takeData: TakeData
  readonly clock: Clock
}

export function createBindPhone({ phone: rules, call, phones, tell, buyPhone, takeData, clock }: PhoneParts): BindPhone {
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
    const bound = (await phones.save(session, number, countryCode, clock.now())) ?? ended()
    await tell(session, bound)
    return bound
  }

  return async (session, request) => 'code' in request ? buyPhone(session, request.code) : open(session, request.encryptedData, request.iv)
}
