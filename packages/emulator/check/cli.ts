import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { DEFAULT_APP, MappingError, readMapping } from './mapping.js'
import type { ObstacleKind } from './obstacle.js'
import { createResultPrinter, paintFor, reportMarkdown, summaryLines } from './report.js'
import { runCheck } from './run.js'
import type { CheckOptions } from './run.js'
import { SITUATIONS } from './situations/all.js'
import { languageOf } from './text.js'
import type { Language } from './text.js'

const USAGE = `tongxing-emulator check: drives a login back end through honest and hostile situations

  tongxing-emulator check --backend URL --mapping FILE

  --backend URL      the back end under test; it runs already, with its WeChat address set to http://127.0.0.1:PORT
  --mapping FILE     JSON: how it is spoken to (login, me; if it has them logout, profile, phone)
  --ca FILE          PEM of the authority that signed the certificate of an https back end
  --port N           port of the emulated WeChat (default 7070)
  --host HOST        address of the emulated WeChat (default 127.0.0.1)
  --patience SECONDS how long a login may take while WeChat does not answer (default 10)
  --only ID,ID       some situations only
  --lang zh|en       language of the report (default: by the locale)
  --json FILE        write the report as JSON too
  --markdown FILE    write the report as Markdown too
  --list             list the situations
  --help             this text

Exit codes: 0  nothing of severity error or above failed
            1  something did
            2  the flags, the mapping file or the CA file are wrong, or the port is taken
            3  the back end was not reached: address, name or certificate
            4  not even an ordinary login came through: the mapping or the back end's settings do not fit
            5  the run ended early: the back end's rate limits are on
`

const EXIT_CODES: Readonly<Record<ObstacleKind, number>> = { not_reached: 3, no_login: 4, rate_limits: 5 }

/** A mistake in the flags; told in one line. */
class FlagError extends Error {}

interface Flags {
  readonly check: CheckOptions
  readonly language: Language
  readonly json: string | undefined
  readonly markdown: string | undefined
}

/** Where the words go. */
export interface CheckConsole {
  readonly stdout: { write(text: string): unknown, readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown }
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The executable's `check`: gives the exit code.
 *
 * ```ts
 * process.exitCode = await checkCommand(['--backend', 'http://127.0.0.1:3000', '--mapping', 'mapping.json'])
 * ```
 */
export async function checkCommand(args: readonly string[], console: CheckConsole = process): Promise<number> {
  try {
    const flags = readFlags(args, console.env)
    if (typeof flags === 'string') {
      console.stdout.write(flags)
      return 0
    }
    return await run(flags, console)
  } catch (error) {
    const mine = error instanceof FlagError || error instanceof MappingError || isTaken(error)
    console.stderr.write(`tongxing-emulator check: ${explain(error)}\n`)
    return mine ? 2 : 1
  }
}

const isTaken = (error: unknown): error is NodeJS.ErrnoException & { port: number } => (error as NodeJS.ErrnoException).code === 'EADDRINUSE'

function explain(error: unknown): string {
  if (isTaken(error)) return `port ${error.port} is taken, perhaps by an emulator that runs already: end it, or choose another with --port N and give the back end that address`
  return error instanceof Error ? error.message : String(error)
}

async function run({ check, language, json, markdown }: Flags, { stdout, env }: CheckConsole): Promise<number> {
  const paint = paintFor(stdout, env)
  const printer = createResultPrinter(language, paint, (lines) => stdout.write(lines))
  const report = await runCheck({
    ...check,
    onListening: ({ url }) => {
      const apps = check.mapping.apps ?? [DEFAULT_APP]
      stdout.write(`WeChat (emulated)  ${url}\n${apps.map(({ appid, secret }) => `appid ${appid}  secret ${secret}\n`).join('')}\n`)
    },
    onResult: (result) => printer.take(result),
  })
  printer.end()
  stdout.write(summaryLines(report, language, paint))
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`)
  if (markdown !== undefined) writeFileSync(markdown, reportMarkdown(report, language))
  if (report.stopped !== undefined) return EXIT_CODES[report.stopped.kind]
  return report.ok ? 0 : 1
}

function readFlags(args: readonly string[], env: CheckConsole['env']): Flags | string {
  const values = parse(args)
  const language = values.lang === undefined ? languageOf(env) : values.lang
  if (language !== 'zh' && language !== 'en') throw new FlagError(`--lang must be zh or en, got "${language}"`)
  if (values.help === true) return USAGE
  if (values.list === true) return SITUATIONS.map(({ id, severity, title }) => `${id.padEnd(26)} ${severity.padEnd(9)} ${title[language]}\n`).join('')
  if (values.backend === undefined || !/^https?:/.test(values.backend) || !URL.canParse(values.backend)) throw new FlagError('--backend must be the address of the back end, such as http://localhost:8080')
  if (values.mapping === undefined) throw new FlagError('--mapping must name a file (see the README of @tongxing/emulator)')
  const only = values.only?.split(',').filter(Boolean)
  const unknown = only?.filter((id) => !SITUATIONS.some((situation) => situation.id === id)) ?? []
  if (unknown.length > 0) throw new FlagError(`--only: unknown ${unknown.join(', ')} (--list shows all)`)
  for (const file of [values.json, values.markdown]) if (file !== undefined && !existsSync(dirname(file))) throw new FlagError(`there is no folder ${dirname(file)} to write ${file} into`)
  return {
    language, json: values.json, markdown: values.markdown,
    check: {
      backEnd: values.backend, mapping: readMapping(values.mapping),
      port: readNumber('--port', values.port ?? '7070', 0, 65535), patienceMs: readNumber('--patience', values.patience ?? '10', 1, 600) * 1000,
      ...values.ca !== undefined && { ca: readAuthority(values.ca) },
      ...values.host !== undefined && { host: values.host }, ...only !== undefined && { only },
    },
  }
}

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        backend: string, mapping: string, ca: string, port: string, host: string, patience: string, only: string, lang: string, json: string, markdown: string,
        list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error))
  }
}

function readAuthority(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8')
    return new X509Certificate(pem) && pem
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new FlagError(code === 'ENOENT' ? `--ca: there is no file ${file}` : `--ca: ${file} is no certificate in PEM (-----BEGIN CERTIFICATE-----): ${message}`)
  }
}

function readNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most) throw new FlagError(`${flag} must be ${least} to ${most}, got "${text}"`)
  return number
}
