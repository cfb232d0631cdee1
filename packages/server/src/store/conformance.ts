import { accessTokensPromises } from './conformance/access-tokens.js'
import { apiKeysPromises } from './conformance/api-keys.js'
import { auditPromises } from './conformance/audit.js'
import { appsPromises } from './conformance/apps.js'
import { avatarsPromises } from './conformance/avatars.js'
import { consentsPromises } from './conformance/consents.js'
import { erasuresPromises } from './conformance/erasures.js'
import { encryptedDataPromises } from './conformance/encrypted-data.js'
import { identitiesPromises } from './conformance/identities.js'
import { importsPromises } from './conformance/imports.js'
import { loginsPromises } from './conformance/logins.js'
import { mergesPromises } from './conformance/merges.js'
import { phoneCodesPromises } from './conformance/phone-codes.js'
import { phonesPromises } from './conformance/phones.js'
import { pictureChecksPromises } from './conformance/picture-checks.js'
import { pruningPromises } from './conformance/pruning.js'
import { revokedDataPromises } from './conformance/revoked.js'
import { sessionKeysPromises } from './conformance/session-keys.js'
import { sessionsPromises } from './conformance/sessions.js'
import { ticketsPromises } from './conformance/tickets.js'
import { usersPromises } from './conformance/users.js'
import type { Promises } from './conformance/promises.js'
import type { Store } from './store.js'

export { recordSample, sampleLogin } from './conformance/samples.js'

/** The test functions of a runner: vitest's, jest's and node:test's fit. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: () => Promise<void>) => void
  readonly assert: (value: boolean, message: string) => void
}

const ALL: readonly Promises[] = [
  loginsPromises,
  usersPromises,
  identitiesPromises,
  mergesPromises,
  importsPromises,
  appsPromises,
  sessionsPromises,
  sessionKeysPromises,
  encryptedDataPromises,
  phonesPromises,
  phoneCodesPromises,
  revokedDataPromises,
  ticketsPromises,
  apiKeysPromises,
  accessTokensPromises,
  auditPromises,
  avatarsPromises,
  pictureChecksPromises,
  consentsPromises,
  erasuresPromises,
  pruningPromises,
]

/**
 * What every store must do, one test a promise. Run it on each engine, against the real one.
 * @param open gives an empty store; the suite closes it.
 */
export function testStore(engine: string, open: () => Promise<Store>, { describe, it, assert }: TestRunner): void {
  const equal = (got: unknown, wanted: unknown, what: string): void => {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)]
    assert(a === b, `${what}: got ${a}, wanted ${b}`)
  }
  const test = (name: string, body: (store: Store) => Promise<void>): void => it(name, async () => {
    const store = await open()
    try {
      await body(store)
    } finally {
      await store.close()
    }
  })

  describe(`store on ${engine}`, () => {
    for (const promises of ALL) promises({ test, equal, assert })
  })
}
