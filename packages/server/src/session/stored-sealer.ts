import type { Logger, Pseudonymise } from '../log.js'
import type { Sealer, StoredSealer } from '../secret.js'
import type { Store } from '../store/store.js'

export interface StoredSealerParts {
  readonly store: Pick<Store, 'addAudit'>
  /** Wall time in ms. */
  readonly now: () => number
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

/** A damaged value is read again with every request of its user: one event is enough. */
const MOST_REMEMBERED = 10_000

/** A sealer for stored values: one that was altered, moved to another row or outlived its key is an event of the audit log. */
export function createStoredSealer(sealer: Sealer, { store, now, log, pseudonym }: StoredSealerParts): StoredSealer {
  const reported = new Set<string>()
  return {
    seal: sealer.seal,
    isCurrent: sealer.isCurrent,
    async open(sealed, context, { table, uid, appid }) {
      const opened = sealer.open(sealed, context)
      const value = `${context} ${sealed}`
      if (opened !== null || reported.has(value)) return opened
      if (reported.size >= MOST_REMEMBERED) reported.clear()
      reported.add(value)
      log.error({ event: 'seal_broken', table, appid, ...(uid !== null && { user: pseudonym(uid) }) }, 'a stored secret does not open: altered, moved, or sealed under a key that is gone')
      await store.addAudit([{ at: now(), event: 'seal_broken', uid, subject: table, ...(appid !== null && { appid }) }])
      return null
    },
  }
}
