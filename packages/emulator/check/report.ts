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
  good: text('没有发现 error 以上的问题。', 'Nothing of severity error or above was found.'),
  bad: text('请先修复 critical，再修复 error。', 'Repair what is critical first, then the errors.'),
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

/** One result as lines for a terminal: a line when it passed, its reasons when it failed. */
export function resultLines(result: CheckResult, language: Language, paint: Paint): string {
  const { id, outcome, severity, title, why, fix, seen, reason, source } = result
  const say = (name: keyof typeof WORDS) => WORDS[name][language]
  const line = `${title[language]}  ${paint('dim', id)}`
  if (outcome === 'passed') return `${paint('green', '✓')} ${line}\n`
  if (outcome === 'not_run') return `${paint('yellow', '–')} ${line}  ${say('notRun')}: ${reason?.[language] ?? ''}\n`
  return `${paint('red', '✗')} ${line}  ${paint(severity === 'warning' ? 'yellow' : 'red', SEVERITIES[severity][language])}
    ${say('seen')}: ${seen ?? ''}
    ${say('why')}: ${why[language]}
    ${say('fix')}: ${fix[language]}
    ${paint('dim', `${say('source')}: ${source}`)}
`
}

/** The sum of a run, in one or two lines. */
export function summaryLines(report: CheckReport, language: Language, paint: Paint): string {
  const say = (name: keyof typeof WORDS) => WORDS[name][language]
  const failed = (['critical', 'error', 'warning'] as const)
    .map((severity): [Text, number] => [SEVERITIES[severity], report.results.filter((result) => result.outcome === 'failed' && result.severity === severity).length])
    .filter(([, count]) => count > 0).map(([severity, count]) => `${count} ${severity[language]}`)
  const counts = `${report.passed} ${say('passed')}, ${report.failed} ${say('failed')}${failed.length > 0 ? ` (${failed.join(', ')})` : ''}, ${report.notRun} ${say('notRun')}`
  return `\n${paint('bold', counts)}\n${say(report.ok ? 'good' : 'bad')}\n`
}

/** The whole report as Markdown: what failed in full, then a table of everything. */
export function reportMarkdown(report: CheckReport, language: Language): string {
  const say = (name: keyof typeof WORDS) => WORDS[name][language]
  const failed = report.results.filter(({ outcome }) => outcome === 'failed').map((result) => `## ${result.title[language]}

\`${result.id}\` · ${SEVERITIES[result.severity][language]} · ${say('source')}: ${result.source}

- ${say('seen')}: \`${(result.seen ?? '').replaceAll('`', '\'')}\`
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
