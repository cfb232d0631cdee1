import type { TrafficStep } from '#emulator'

/** One line of the diagram: an arrow, or a dot on the phone's line. */
export interface Row {
  readonly step: TrafficStep
  /** Of an answer: its call. Of a call: itself. */
  readonly call: TrafficStep | undefined
  readonly answer: TrafficStep | undefined
  /** ms since the group began. */
  readonly after: number
}

/** What followed from one thing that happened. */
export interface Group {
  readonly id: number
  /** The step that began it; undefined before the first. */
  readonly cause: TrafficStep | undefined
  readonly rows: readonly Row[]
  readonly took: number
}

/** What is shown. */
export interface Filter {
  /** Words that a step must contain, all of them. */
  readonly text: string
  readonly lane: 'all' | 'phone-server' | 'phone-wechat' | 'server-wechat' | 'local'
  readonly person: string
  readonly onlyErrors: boolean
}

const CAUSES = new Set(['launch', 'tap', 'expire wechat', 'expire server', 'erase', 'clock', 'background', 'foreground'])
const isCause = ({ kind, name }: TrafficStep): boolean => kind === 'local' && CAUSES.has(name)

/** Steps in groups; of causes that nothing followed from, only the last and those that are more than a tap stay. */
export function groupSteps(steps: readonly TrafficStep[], filter: Filter): readonly Group[] {
  const calls = new Map(steps.filter(({ kind }) => kind === 'call').map((step) => [step.id, step]))
  const answers = new Map(steps.filter(({ kind, call }) => kind === 'answer' && call !== undefined).map((step) => [step.call, step]))
  const groups: { cause: TrafficStep | undefined, rows: Row[] }[] = [{ cause: undefined, rows: [] }]
  for (const step of steps) {
    if (isCause(step)) {
      groups.push({ cause: step, rows: [] })
      continue
    }
    const call = step.kind === 'answer' ? calls.get(step.call ?? 0) : step.kind === 'call' ? step : undefined
    const group = groups[groups.length - 1]
    const row = { step, call, answer: step.kind === 'answer' ? step : answers.get(step.id), after: step.at - (group?.cause?.at ?? group?.rows[0]?.step.at ?? step.at) }
    if (passes(row, filter)) group?.rows.push(row)
  }
  const bare = filter.text === '' && filter.lane === 'all' && !filter.onlyErrors
  return groups
    .filter(({ cause, rows }) => rows.length > 0 || (bare && cause !== undefined && cause.name !== 'tap' && (filter.person === '' || cause.person === undefined || cause.person === filter.person)))
    .map(({ cause, rows }) => ({ id: cause?.id ?? 0, cause, rows, took: rows.at(-1)?.after ?? 0 }))
}

function passes({ step, call, answer }: Row, { text, lane, person, onlyErrors }: Filter): boolean {
  if (person !== '' && step.person !== undefined && step.person !== person) return false
  if (lane !== 'all' && laneOf(step) !== lane) return false
  if (onlyErrors && answer?.ok !== false) return false
  if (text === '') return true
  const words = JSON.stringify([step.name, step.detail, call?.name, step.person]).toLowerCase()
  return text.toLowerCase().split(/\s+/).every((word) => words.includes(word))
}

/** Between whom a step goes. */
export function laneOf({ kind, from, to }: TrafficStep): Filter['lane'] {
  if (kind === 'local') return 'local'
  return [from, to].includes('wechat') ? [from, to].includes('phone') ? 'phone-wechat' : 'server-wechat' : 'phone-server'
}
