import { styleText } from 'node:util'
import type { CheckReport, CheckResult } from './run.js'
import type { Severity } from './situation.js'
import { text } from './text.js'
import type { Language, Text } from './text.js'

const WORDS = {
  why: text('为什么要紧', 'why it matters'),
  fix: text('怎么办', 'what to do'),
  seen: text('看到的是', 'what was seen'),
  notRun: text('未运行', 'not run'),
  source: text('出处', 'source'),
  passed: text('通过', 'passed'),
  failed: text('未通过', 'failed'),
  repairs: text('要修的，最要紧的在前', 'What to repair, the gravest first'),
  stopped: text('检查没有做', 'The check was not carried out'),
  ended: text('检查中途停下', 'The check ended early'),
  situations: text('种情形', 'situations'),
  good: text('没有发现“错误”以上的问题。', 'Nothing of severity error or above was found.'),
  bad: text('请先修复“严重”的，再修复“错误”。', 'Repair what is critical first, then the errors.'),
  title: text('登录后端检查', 'Check of a login back end'),
} satisfies Record<string, Text>

const SEVERITIES: Readonly<Record<Severity, Text>> = {
  critical: text('严重', 'critical'),
  error: text('错误', 'error'),
  warning: text('提醒', 'warning'),
}

type Style = 'red' | 'green' | 'yellow' | 'dim' | 'bold'

/** Paints for a terminal, or not at all. */
export type Paint = (style: Style, words: string) => string

/** Colours when the stream is a terminal and NO_COLOR is not set. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): Paint {
  return stream.isTTY === true && !env['NO_COLOR'] ? (style, words) => styleText(style, words) : (_style, words) => words
}

/** Prints results as they come; neighbours that were not run for one reason are one line. */
export function createResultPrinter(language: Language, paint: Paint, write: (lines: string) => unknown): { take(result: CheckResult): void, end(): void } {
  const waiting: CheckResult[] = []
  const flush = () => {
    if (waiting.length > 0) write(notRunLines(waiting.splice(0), language, paint))
  }
  return {
    take(result) {
      if (result.outcome !== 'not_run' || waiting[0]?.reason?.en !== result.reason?.en) flush()
      if (result.outcome === 'not_run') waiting.push(result)
      else write(resultLines(result, language, paint))
    },
    end: flush,
  }
}

function notRunLines(results: readonly CheckResult[], language: Language, paint: Paint): string {
  const [first] = results
  const ids = results.map(({ id }) => id)
  const what = ids.length === 1 ? `${first?.title[language]}  ${paint('dim', ids.join())}` : `${ids.length} ${WORDS.situations[language]}  ${paint('dim', `${ids[0]} … ${ids.at(-1)}`)}`
  return `${paint('yellow', '–')} ${what}  ${WORDS.notRun[language]}: ${first?.reason?.[language] ?? ''}\n`
}

/** One that was run, as lines for a terminal: a line when it passed, its reasons when it failed. */
function resultLines(result: CheckResult, language: Language, paint: Paint): string {
  const { id, outcome, severity, title, why, fix, seen, source } = result
  const say = (name: keyof typeof WORDS) => WORDS[name][language]
  const line = `${title[language]}  ${paint('dim', id)}`
  if (outcome === 'passed') return `${paint('green', '✓')} ${line}\n`
  return `${paint('red', '✗')} ${line}  ${paint(severity === 'warning' ? 'yellow' : 'red', SEVERITIES[severity][language])}
    ${say('seen')}: ${seen?.[language] ?? ''}
    ${say('why')}: ${why[language]}
    ${say('fix')}: ${fix[language]}
    ${paint('dim', `${say('source')}: ${source}`)}
`
}

const GRAVEST_FIRST = ['critical', 'error', 'warning'] as const

/** The sum of a run: what there is to repair, each repair once, and the counts. */
export function summaryLines(report: CheckReport, language: Language, paint: Paint): string {
  const say = (name: keyof typeof WORDS) => WORDS[name][language]
  const { stopped } = report
  if (stopped !== undefined && (stopped.kind === 'no_login' || report.passed + report.failed === 0)) return `\n${paint('bold', say('stopped'))}: ${stopped.why[language]}\n`
  const failed = GRAVEST_FIRST
    .map((severity): [Text, number] => [SEVERITIES[severity], report.results.filter((result) => result.outcome === 'failed' && result.severity === severity).length])
    .filter(([, count]) => count > 0).map(([severity, count]) => `${count} ${severity[language]}`)
  const counts = `${report.passed} ${say('passed')}, ${report.failed} ${say('failed')}${failed.length > 0 ? ` (${failed.join(', ')})` : ''}, ${report.notRun} ${say('notRun')}`
  const verdict = stopped === undefined ? say(report.ok ? 'good' : 'bad') : `${say('ended')}: ${stopped.why[language]}`
  return `${repairLines(report, language, paint)}\n${paint('bold', counts)}\n${verdict}\n`
}

// Thirty situations may fail for one missing line of code.
function repairLines({ results }: CheckReport, language: Language, paint: Paint): string {
  const repairs = new Map<string, CheckResult[]>()
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  for (const severity of GRAVEST_FIRST) {
    for (const result of failed.filter((one) => one.severity === severity)) repairs.set(result.fix[language], [...repairs.get(result.fix[language]) ?? [], result])
  }
  if (repairs.size < 2) return ''
  const lines = [...repairs].map(([fix, causes], i) => `${String(i + 1).padStart(3)}. ${fix}\n     ${paint('dim', `${SEVERITIES[causes[0]?.severity ?? 'error'][language]}: ${causes.map(({ id }) => id).join(', ')}`)}\n`)
  return `\n${paint('bold', WORDS.repairs[language])}\n${lines.join('')}`
}

/**
 * The whole report as Markdown: what failed in full, then a table of everything.
 *
 * ```ts
 * writeFileSync('report.md', reportMarkdown(report, 'zh'))
 * ```
 */
export function reportMarkdown(report: CheckReport, language: Language): string {
  const say = (name: keyof typeof WORDS) => WORDS[name][language]
  const failed = report.results.filter(({ outcome }) => outcome === 'failed').map((result) => `## ${result.title[language]}

\`${result.id}\` · ${SEVERITIES[result.severity][language]} · ${say('source')}: ${result.source}

- ${say('seen')}: \`${(result.seen?.[language] ?? '').replaceAll('`', '\'')}\`
- ${say('why')}: ${result.why[language]}
- ${say('fix')}: ${result.fix[language]}
`)
  const marks = { passed: '✓', failed: '✗', not_run: '–' }
  const rows = report.results.map(({ id, outcome, severity, title, reason }) => `| ${marks[outcome]} | \`${id}\` | ${SEVERITIES[severity][language]} | ${title[language]}${reason === undefined ? '' : ` (${say('notRun')}: ${reason[language]})`} |`)
  return `# ${say('title')}: ${report.backEnd}
${summaryLines(report, language, (_style, words) => words)}
${failed.join('\n')}
| | id | | |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}
