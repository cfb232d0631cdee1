import type { Mapping } from './mapping.js'
import { Finding, missing } from './situation.js'
import type { Severity, Situation } from './situation.js'
import { SITUATIONS } from './situations/all.js'
import { openStage } from './stage.js'
import type { OpenedStage, Stage } from './stage.js'
import type { Text } from './text.js'

/** How a check runs. */
export interface CheckOptions {
  /** Address of the back end under test, such as `http://127.0.0.1:8080`. */
  readonly backEnd: string
  readonly mapping: Mapping
  /** Port of the emulated WeChat, which the back end must be configured with. Default: 7070. */
  readonly port?: number
  /** Default: `127.0.0.1`. */
  readonly host?: string
  /** How long a login may take while WeChat does not answer, in ms. Default: 10_000. */
  readonly patienceMs?: number
  /** Ids of the situations to run. Default: all. */
  readonly only?: readonly string[]
  /** Called once WeChat listens and before the first request: a test starts its back end here. */
  readonly onListening?: (wechat: { readonly url: string }) => Promise<void> | void
  /** Called with each result as it comes. */
  readonly onResult?: (result: CheckResult) => void
}

/** What became of one situation. */
export interface CheckResult {
  readonly id: string
  /** That of the situation; `critical` when the back end did not survive it. */
  readonly severity: Severity
  readonly outcome: 'passed' | 'failed' | 'not_run'
  readonly title: Text
  readonly why: Text
  readonly fix: Text
  readonly source: string
  /** What was seen, of a failed one. */
  readonly seen?: string
  /** Of one that was not run. */
  readonly reason?: Text
}

/** The whole run. */
export interface CheckReport {
  readonly backEnd: string
  readonly results: readonly CheckResult[]
  readonly passed: number
  readonly failed: number
  readonly notRun: number
  /** True when nothing of severity `error` or `critical` failed. */
  readonly ok: boolean
}

const DEFAULT_PORT = 7070
const DEFAULT_PATIENCE_MS = 10_000
const FIRST = 'login-first'
const NO_LOGIN: Text = { zh: '连一次普通的登录都没有成功，其余的无从检查', en: 'not even an ordinary login succeeded; the rest cannot be checked' }

/**
 * Drives a login back end through honest and hostile situations. The back end must run with the emulator's address (`http://HOST:PORT`) in place of
 * `https://api.weixin.qq.com`, and with the AppIDs of the mapping. Rejects when the port is taken, and with TypeError on an unknown id in `only`.
 */
export async function runCheck(options: CheckOptions): Promise<CheckReport> {
  const chosen = choose(options.only)
  const opened = await openStage({
    backEnd: options.backEnd, mapping: options.mapping,
    port: options.port ?? DEFAULT_PORT, host: options.host ?? '127.0.0.1', patienceMs: options.patienceMs ?? DEFAULT_PATIENCE_MS,
  })
  const results: CheckResult[] = []
  try {
    await options.onListening?.(opened.stage.wechat)
    let dead = false
    for (const situation of chosen) {
      const result: CheckResult = dead ? notRun(situation, NO_LOGIN) : await runOne(situation, opened)
      dead ||= situation.id === FIRST && result.outcome === 'failed'
      results.push(result)
      options.onResult?.(result)
    }
  } finally {
    await opened.close()
  }
  return summarise(options.backEnd, results)
}

function choose(only: readonly string[] | undefined): readonly Situation[] {
  if (only === undefined) return SITUATIONS
  const unknown = only.filter((id) => !SITUATIONS.some((situation) => situation.id === id))
  if (unknown.length > 0) throw new TypeError(`unknown situation ${unknown.join(', ')}`)
  return SITUATIONS.filter(({ id }) => only.includes(id))
}

async function runOne(situation: Situation, { stage, reset }: OpenedStage): Promise<CheckResult> {
  const reason = missing(situation.needs, stage.mapping)
  if (reason !== undefined) return notRun(situation, reason)
  reset()
  const seen = await findingOf(() => situation.run(stage))
  reset()
  const last = situation.id === FIRST ? undefined : await findingOf(() => survives(stage))
  if (last !== undefined) return { ...about(situation), severity: 'critical', outcome: 'failed', seen: [seen, `afterwards nobody can log in: ${last}`].filter(Boolean).join('; ') }
  return seen === undefined ? { ...about(situation), outcome: 'passed' } : { ...about(situation), outcome: 'failed', seen }
}

// Whatever happened, the next honest user must get in.
async function survives(stage: Stage): Promise<void> {
  await stage.logIn()
}

async function findingOf(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof Finding) return error.message
    throw error
  }
}

const about = ({ id, severity, title, why, fix, source }: Situation) => ({ id, severity, title, why, fix, source })

function notRun(situation: Situation, reason: Text): CheckResult {
  return { ...about(situation), outcome: 'not_run', reason }
}

function summarise(backEnd: string, results: readonly CheckResult[]): CheckReport {
  const count = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  const grave = results.some(({ outcome, severity }) => outcome === 'failed' && severity !== 'warning')
  return { backEnd, results, passed: count('passed'), failed: count('failed'), notRun: count('not_run'), ok: !grave }
}
