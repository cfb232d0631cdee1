import type { Clock } from '../clock.js'
import type { App } from '../config.js'
import type { Logger } from '../log.js'
import { newUid } from '../session/ids.js'
import type { ImportRecord, ImportedRow, Store } from '../store/store.js'
import { acceptNickname } from '../user/nickname.js'
import type { Phones } from '../user/phone.js'

/** One identity of an existing user base. Rows with one `externalId`, or with one unionid in one scope, are one user. */
export interface ImportUser {
  /** A configured app. */
  readonly appid: string
  readonly openid: string
  readonly unionid?: string
  /** The application's own id of the user, 1 to 128 characters. */
  readonly externalId?: string
  /** ms since the epoch. Default: now. */
  readonly createdAt?: number
  readonly nickname?: string
  /** Without country code in `number`. Taken on the application's word; it takes no number from anybody. */
  readonly phone?: { readonly countryCode: string, readonly number: string }
}

/** How an import runs. */
export interface ImportOptions {
  /** Called after each batch, which is durable then. */
  readonly onProgress?: (report: ImportReport) => void
}

/** What an import has done so far. */
export interface ImportReport {
  readonly rows: number
  /** New users. */
  readonly created: number
  /** New identities of known users. */
  readonly linked: number
  /** Known identities that learnt something. */
  readonly updated: number
  readonly unchanged: number
  /** Rows that were not written, or, for `phone`, written without the number. `row` counts from 0. */
  readonly problems: readonly ImportProblem[]
}

/**
 * `unionid`, `external_id`: the row says that two users are one, or one is two. `phone`: the number is another user's.
 * `appid`, `openid`, …: the field is malformed, or the app is not configured.
 */
export interface ImportProblem {
  readonly row: number
  readonly what: 'unionid' | 'external_id' | 'phone' | 'appid' | 'openid' | 'createdAt' | 'nickname'
}

/**
 * Takes over an existing user base, in durable batches. The same rows once more change nothing, so that an import that was interrupted
 * is simply started again.
 */
export type Import = (users: Iterable<ImportUser> | AsyncIterable<ImportUser>, options?: ImportOptions) => Promise<ImportReport>

export interface ImportParts {
  readonly apps: readonly App[]
  readonly store: Store
  readonly phones: Phones
  readonly clock: Clock
  readonly log: Logger
}

const BATCH = 500

export function createImport({ apps, store, phones, clock, log }: ImportParts): Import {
  const scopes = new Map(apps.map(({ appid, unionScope }) => [appid, unionScope]))

  async function write(batch: readonly Row[], counts: Counts): Promise<void> {
    const good = batch.filter((row): row is GoodRow => 'record' in row)
    const results = good.length > 0 ? await store.importUsers(good.map(({ record }) => record), clock.now()) : []
    counts.rows += batch.length
    for (const row of batch) if ('what' in row) counts.problems.push({ row: row.row, what: row.what })
    const withPhone: (GoodRow & { uid: string })[] = []
    for (const [i, result] of results.entries()) {
      count(counts, good[i]!.row, result)
      if (result.outcome !== 'conflict' && good[i]!.phone) withPhone.push({ ...good[i]!, uid: result.uid })
    }
    const bound = withPhone.length > 0 ? await phones.importAll(withPhone.map(({ uid, phone, record }) => ({ uid, ...phone!, verifiedAt: record.createdAt }))) : []
    for (const [i, isBound] of bound.entries()) if (!isBound) counts.problems.push({ row: withPhone[i]!.row, what: 'phone' })
  }

  return async (users, { onProgress } = {}) => {
    const counts: Counts = { rows: 0, created: 0, linked: 0, updated: 0, unchanged: 0, problems: [] }
    const report = (): ImportReport => ({ ...counts, problems: counts.problems.toSorted((a, b) => a.row - b.row) })
    let batch: Row[] = []
    const flush = async (): Promise<void> => {
      await write(batch, counts)
      batch = []
      onProgress?.(report())
    }
    for await (const user of users) {
      batch.push(check(user, counts.rows + batch.length, scopes, clock.now()))
      if (batch.length === BATCH) await flush()
    }
    if (batch.length > 0) await flush()
    log.info({ event: 'imported', ...counts, problems: counts.problems.length }, 'users imported')
    return report()
  }
}

type Counts = { -readonly [Name in keyof Omit<ImportReport, 'problems'>]: number } & { readonly problems: ImportProblem[] }
interface GoodRow { readonly row: number, readonly phone: ImportUser['phone'] | null, readonly record: ImportRecord }
type Row = GoodRow | ImportProblem

function count(counts: Counts, row: number, result: ImportedRow): void {
  if (result.outcome === 'conflict') counts.problems.push({ row, what: result.what })
  else counts[result.outcome]++
}

const WECHAT_ID = /^[\w-]{1,64}$/
const EXTERNAL_ID = /^[^\p{Cc}]{1,128}$/u
const PHONE = /^\d{1,4} \d{4,15}$/

function check(given: unknown, row: number, scopes: ReadonlyMap<string, string>, now: number): Row {
  const user: { readonly [Name in keyof ImportUser]?: unknown } = typeof given === 'object' && given !== null ? given : {}
  const createdAt = user.createdAt ?? now
  const [appid, openid, unionid, externalId, nickname] = [user.appid, user.openid, user.unionid, user.externalId, user.nickname].map(textOf) as [Text, Text, Text, Text, Text]
  const unionScope = typeof appid === 'string' ? scopes.get(appid) : undefined
  if (typeof appid !== 'string' || unionScope === undefined) return { row, what: 'appid' }
  if (typeof openid !== 'string' || !WECHAT_ID.test(openid)) return { row, what: 'openid' }
  if (unionid === false || (unionid !== null && !WECHAT_ID.test(unionid))) return { row, what: 'unionid' }
  if (externalId === false || (externalId !== null && !EXTERNAL_ID.test(externalId))) return { row, what: 'external_id' }
  if (!isTime(createdAt)) return { row, what: 'createdAt' }
  const shown = typeof nickname === 'string' ? acceptNickname(nickname) : null
  if (nickname !== null && shown === null) return { row, what: 'nickname' }
  const phone = phoneOf(user.phone)
  if (phone === false) return { row, what: 'phone' }
  return { row, phone, record: { appid, openid, unionid, unionScope, externalId, nickname: shown, newUid: newUid(), createdAt } }
}

/** false: no text. */
type Text = string | null | false

// An export writes ids and telephone numbers as numbers, where they are digits, and null where there is nothing.
function textOf(value: unknown): Text {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : false
}

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

function phoneOf(given: unknown): ImportUser['phone'] | null | false {
  if (given === undefined || given === null) return null
  const { countryCode, number } = given as { readonly countryCode?: unknown, readonly number?: unknown }
  const [code, digits] = [textOf(countryCode), textOf(number)]
  return typeof code === 'string' && typeof digits === 'string' && PHONE.test(`${code} ${digits}`) ? { countryCode: code, number: digits } : false
}
