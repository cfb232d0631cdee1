import { beforeAll, expect, it } from 'vitest'
import { systemClock } from '../clock.js'
import { secret } from '../secret.js'
import { cipherReady } from '../session/cipher.js'
import { generateKeyRing, parseKeyRing } from '../session/keys.js'
import { createSealer } from '../session/sealer.js'
import { createStoredSealer } from '../session/stored-sealer.js'
import { recordSample, sampleLogin } from '../store/conformance.js'
import { openSqliteStore } from '../store/sql/sqlite.js'
import { createPhones } from '../user/phone.js'
import { createSessionKeys } from '../user/session-key.js'
import { createBudget } from './decrypt-budget.js'
import { createTakeData } from './encrypted-data.js'
import { createDescribe } from './me.js'
import { createSaveProfile } from './profile.js'

beforeAll(cipherReady)
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

it('answers session_key_stale, before opening anything, when no stored session_key can be read any more', async () => {
  const store = await openSqliteStore({ file: ':memory:', pseudonym: String })
  const now = (): number => Date.now()
  const sealerOf = (keys: string) => createStoredSealer(createSealer(parseKeyRing(keys)), { store, now, log: quiet, pseudonym: String })
  const before = createSessionKeys(store, sealerOf(generateKeyRing()), now)
  const after = createSessionKeys(store, sealerOf(generateKeyRing()), now)
  const login = sampleLogin({ appid: 'app', openid: 'oA', sessionKey: before.seal('app', 'oA', secret('tiihtNczf5v6AKRyjwEUhQ==')) })
  const { uid } = await recordSample(store, login)
  const session = { uid, appid: 'app', sessionId: login.sessionId, issuedAt: 0, expiresAt: 0 }
  const request = { rawData: '{}', signature: 'f'.repeat(40) }
  const describe = createDescribe(createPhones(store, sealerOf(generateKeyRing()), [new Uint8Array(32)]), '')
  const save = (sessionKeys: typeof before) => {
    const takeData = createTakeData({ store, sessionKeys, budget: createBudget(store, systemClock, null), clock: systemClock, log: quiet, pseudonym: String })
    return createSaveProfile({ store, describe, takeData })(session, request)
  }
  await expect(save(after)).rejects.toMatchObject({ code: 'session_key_stale', status: 409, action: 'ask_user' })
  await expect(save(before)).rejects.toMatchObject({ code: 'encrypted_data_invalid' })
  await store.close()
})
