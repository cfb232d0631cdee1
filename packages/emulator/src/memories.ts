import { createAccessTokens } from './access-tokens.js'
import { createCallFrequencies } from './call-frequency.js'
import { createEncryptedMessages } from './encrypted-messages.js'
import type { EncryptedMsgHash } from './encrypted-messages.js'
import { createLoginCodes } from './login-codes.js'
import { createPayments } from './payments.js'
import { createPhoneCodes } from './phone-codes.js'
import { createPluginCodes } from './plugin-codes.js'
import { chineseDay, createQuotaCounter } from './quotas.js'
import { createComponents } from './third-party.js'
import { createUserEncryptKeys } from './user-encrypt-keys.js'
import type { Wechat } from './wechat.js'
import { createCorps } from './work.js'

/** What WeChat remembers beside apps and people: codes, keys, tokens, counts, platforms, companies. */
export type Memories = Pick<Wechat,
  'codes' | 'accessTokens' | 'phoneCodes' | 'encryptedMessages' | 'components' | 'corps' | 'payments' | 'pluginCodes' | 'userEncryptKeys' | 'quotas' | 'frequencies'>

/** Options of the emulator that they go by. */
export interface MemoryOptions {
  /** Default: 100. */
  readonly minuteQuota?: number
  /** Default: `either`. */
  readonly encryptedMsgHash?: EncryptedMsgHash
}

/** Nothing is remembered at first. */
export function createMemories({ minuteQuota = 100, encryptedMsgHash = 'either' }: MemoryOptions, { state, clock, random }: Pick<Wechat, 'state' | 'clock' | 'random'>): Memories {
  return {
    codes: createLoginCodes(state, clock.now, random, minuteQuota),
    accessTokens: createAccessTokens(clock.now, random),
    phoneCodes: createPhoneCodes(state, clock.now, random),
    encryptedMessages: createEncryptedMessages(clock.now, encryptedMsgHash),
    components: createComponents(clock.now, random, (appid) => state.findApp(appid) !== undefined),
    corps: createCorps(state, clock.now, random),
    payments: createPayments(state, clock.now, random),
    pluginCodes: createPluginCodes(state, clock.now, random),
    userEncryptKeys: createUserEncryptKeys(state, clock.now, random),
    frequencies: createCallFrequencies(clock.now, chineseDay, (appid) => state.findApp(appid)?.callFrequency),
    quotas: createQuotaCounter(clock.now, (appid) => state.findApp(appid)?.quotas),
  }
}
