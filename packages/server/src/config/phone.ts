import { within } from './within.js'

/** Which numbers may be bound. */
export interface PhoneNumbers {
  /** Numbers of other countries than China. Default: true. */
  readonly overseas?: boolean
  /** Numbers of Chinese virtual operators (162, 165, 167, 170, 171), which are easily had in quantity. Default: true. */
  readonly virtual?: boolean
}

/** How many numbers may be bought at WeChat in 24 hours: each success is billed. */
export interface PhoneBudget {
  /** For one user. Default: 20. */
  readonly perUser?: number
  /** For one app. Default: any number. */
  readonly perApp?: number
}

/** The rules of phone numbers, checked. */
export interface PhoneConfig {
  /** Whether encryptedData is taken: `strict` only what WeChat says it has made. */
  readonly encryptedData: boolean | 'strict'
  readonly numbers: Required<PhoneNumbers>
  /** null: any number. */
  readonly mostOfUser: number | null
  readonly mostOfApp: number | null
}

/** The options that {@link checkPhone} reads. */
export interface PhoneOptions {
  readonly phoneEncryptedData?: boolean | 'strict'
  readonly phoneNumbers?: PhoneNumbers
  readonly phoneBudget?: PhoneBudget | false
}

/** Checks what concerns phone numbers. */
export function checkPhone({ phoneEncryptedData = false, phoneNumbers = {}, phoneBudget }: PhoneOptions, problems: string[]): PhoneConfig {
  if (typeof phoneEncryptedData !== 'boolean' && phoneEncryptedData !== 'strict') problems.push('"phoneEncryptedData" must be true, false or "strict"')
  const budget = phoneBudget === false ? null : { perUser: 20, ...phoneBudget }
  return {
    encryptedData: phoneEncryptedData,
    numbers: { overseas: true, virtual: true, ...phoneNumbers },
    mostOfUser: budget && within('phoneBudget.perUser', budget.perUser, 1, 1_000_000, problems),
    mostOfApp: budget?.perApp === undefined ? null : within('phoneBudget.perApp', budget.perApp, 1, 1_000_000_000, problems),
  }
}
