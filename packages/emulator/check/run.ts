import type { Mapping } from './mapping.js'
import { firstLogin } from './first-login.js'
import { Obstacle } from './obstacle.js'
import type { ObstacleKind } from './obstacle.js'
import { Finding, missing } from './situation.js'
import type { Need, Severity, Situation } from './situation.js'
import { SITUATIONS } from './situations/all.js'
import { openStage } from './stage.js'
import type { OpenedStage } from './stage.js'
import { joined, text } from './text.js'
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
  /** PEM of the authority that signed the certificate of an https back end. Default: those that Node trusts. */
  readonly ca?: string
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
  readonly seen?: Text
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
  /** True when the run came to its end and nothing of severity `error` or `critical` failed. */
  readonly ok: boolean
  /** Why the run could not begin, or ended early: what was seen and what to do. The situations after it were not run. */
  readonly stopped?: { readonly kind: ObstacleKind, readonly why: Text }
}

const DEFAULT_PORT = 7070
const DEFAULT_PATIENCE_MS = 10_000
const FIRST = 'login-first'
/** Told of each situation that was not run; the whole reason is told once, as `stopped`. */
const IN_SHORT: Readonly<Record<ObstacleKind, Text>> = {
  not_reached: text('没有连上后端', 'the back end was not reached'),
  no_login: text('连一次普通的登录都没有成功，其余的无从检查', 'not even an ordinary login succeeded; the rest cannot be checked'),
  rate_limits: text('后端的限流开着', 'the back end’s rate limits are on'),
}

/**
 * Drives a login back end through honest and hostile situations. The back end must run with the emulator's address (`http://HOST:PORT`) in place of
 * `https://api.weixin.qq.com`, and with the AppIDs of the mapping. Before anything else comes one ordinary login: when that fails nothing is run, and `stopped` says
 * what does not fit. Rejects when the port is taken, and with TypeError on an unknown id in `only`.
 */
export async function runCheck(options: CheckOptions): Promise<CheckReport> {
  const chosen = choose(options.only)
  const opened = await openStage({
    backEnd: options.backEnd, mapping: options.mapping,
    port: options.port ?? DEFAULT_PORT, host: options.host ?? '127.0.0.1', patienceMs: options.patienceMs ?? DEFAULT_PATIENCE_MS,
    ...options.ca !== undefined && { ca: options.ca },
  })
  const run = createRun(opened)
  const results: CheckResult[] = []
  try {
    await options.onListening?.(opened.stage.wechat)
    await run.begin()
    for (const situation of chosen) {
      const result = await run.next(situation)
      results.push(result)
      options.onResult?.(result)
    }
  } finally {
    await opened.close()
  }
  return summarise(options.backEnd, results, run.obstacle())
}

function choose(only: readonly string[] | undefined): readonly Situation[] {
  if (only === undefined) return SITUATIONS
  const unknown = only.filter((id) => !SITUATIONS.some((situation) => situation.id === id))
  if (unknown.length > 0) throw new TypeError(`unknown situation ${unknown.join(', ')}`)
  return SITUATIONS.filter(({ id }) => only.includes(id))
}

/** What a run has learnt about the back end, so that one cause is told once. */
function createRun({ stage, reset, noteFirstLogin }: OpenedStage) {
  let obstacle: Obstacle | undefined
  let lockedOut: Text | undefined
  const shut = new Map<Need, Text>()

  const act = async (work: () => Promise<void>): Promise<Text | undefined> => {
    try {
      await work()
      return undefined
    } catch (error) {
      if (error instanceof Finding) return error.seen
      throw error
    }
  }
  const honestLogin = () => act(async () => void await stage.logIn())

  // Whatever happened, the next honest user must get in.
  async function outcomeOf(situation: Situation): Promise<CheckResult> {
    reset()
    const seen = await act(() => situation.run(stage))
    reset()
    const afterwards = await honestLogin()
    if (afterwards !== undefined) {
      lockedOut = text(`${situation.id} 之后没有人能登录：${afterwards.zh}`, `since ${situation.id} nobody can log in: ${afterwards.en}`)
      return failed({ ...situation, severity: 'critical' }, joined([...seen === undefined ? [] : [seen], text(`之后没有人能登录：${afterwards.zh}`, `afterwards nobody can log in: ${afterwards.en}`)]))
    }
    if (seen === undefined) return { ...about(situation), outcome: 'passed' }
    if (situation.gate && situation.needs !== undefined) shut.set(situation.needs, text(`先解决 ${situation.id}：正常的请求都没有被接受，拒绝说明不了什么`, `repair ${situation.id} first: while honest requests fail, refusals prove nothing`))
    return failed(situation, seen)
  }

  // It may have recovered: a breaker that closes again, a process that was restarted. Who does not answer at all is waited for once.
  async function stillLockedOut(): Promise<Text | undefined> {
    if (lockedOut === undefined || stage.backEnd.answers.at(-1)?.lost === 'timeout') return lockedOut
    if (await honestLogin() === undefined) lockedOut = undefined
    return lockedOut
  }

  return {
    obstacle: () => obstacle,
    async begin() {
      reset()
      try {
        const wrong = await act(() => firstLogin(stage))
        noteFirstLogin()
        if (wrong !== undefined) obstacle = new Obstacle('no_login', wrong)
      } catch (error) {
        if (!(error instanceof Obstacle)) throw error
        obstacle = error
      }
    },
    async next(situation: Situation): Promise<CheckResult> {
      if (obstacle?.kind === 'no_login' && situation.id === FIRST) return failed(situation, obstacle.why)
      const reason = (obstacle && IN_SHORT[obstacle.kind]) ?? missing(situation.needs, stage.mapping) ?? (situation.needs && shut.get(situation.needs))
      if (reason !== undefined) return notRun(situation, reason)
      try {
        const locked = await stillLockedOut()
        return locked === undefined ? await outcomeOf(situation) : notRun(situation, locked)
      } catch (error) {
        if (!(error instanceof Obstacle)) throw error
        obstacle = error
        return notRun(situation, IN_SHORT[error.kind])
      }
    },
  }
}

const about = ({ id, severity, title, why, fix, source }: Situation) => ({ id, severity, title, why, fix, source })

function failed(situation: Situation, seen: Text): CheckResult {
  return { ...about(situation), outcome: 'failed', seen }
}

function notRun(situation: Situation, reason: Text): CheckResult {
  return { ...about(situation), outcome: 'not_run', reason }
}

function summarise(backEnd: string, results: readonly CheckResult[], obstacle: Obstacle | undefined): CheckReport {
  const count = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  const grave = results.some(({ outcome, severity }) => outcome === 'failed' && severity !== 'warning')
  return { backEnd, results, passed: count('passed'), failed: count('failed'), notRun: count('not_run'), ok: !grave && obstacle === undefined, ...obstacle !== undefined && { stopped: { kind: obstacle.kind, why: obstacle.why } } }
}
