import type { Random } from './random.js'
import type { AppUser, State } from './state.js'

/** ms after a payment in which getpaidunionid answers. */
const MEMORY = 5 * 60_000

/** A payment to be made; what is left out is made up. */
export interface PaymentOptions extends AppUser {
  /** The merchant. */
  readonly mchId?: string
  /** The merchant's own number of the order. */
  readonly outTradeNo?: string
}

/** A payment of a user in an app. */
export interface Payment extends AppUser {
  /** WeChat Pay's number of the order. */
  readonly transactionId: string
  readonly mchId: string
  readonly outTradeNo: string
}

/** How a caller names a payment. */
export type PaymentName = { readonly transactionId: string } | { readonly mchId: string, readonly outTradeNo: string }

/** Payments of the last five minutes. Nothing is paid: they only allow getpaidunionid. */
export interface Payments {
  /** Throws TypeError on an unknown app or person. */
  pay(options: PaymentOptions): Payment
  find(user: AppUser, name: PaymentName): Payment | undefined
}

/** `now` in ms. */
export function createPayments(state: State, now: () => number, random: Random): Payments {
  let made: { readonly at: number, readonly payment: Payment }[] = []
  const recent = () => {
    made = made.filter(({ at }) => at + MEMORY >= now())
    return made
  }
  const digits = (length: number) => random.bytes(16).readBigUInt64BE().toString().padStart(length, '0').slice(0, length)

  return {
    pay({ appid, person, mchId = `19${digits(8)}`, outTradeNo = `order${digits(12)}` }) {
      state.resolve({ appid, person })
      const payment = { appid, person, mchId, outTradeNo, transactionId: `42000${digits(18)}` }
      recent().push({ at: now(), payment })
      return payment
    },
    find: ({ appid, person }, name) => recent().map(({ payment }) => payment).find((payment) =>
      payment.appid === appid && payment.person === person
      && ('transactionId' in name ? payment.transactionId === name.transactionId : payment.mchId === name.mchId && payment.outTradeNo === name.outTradeNo)),
  }
}
