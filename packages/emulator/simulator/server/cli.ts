#!/usr/bin/env node
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createEmulator, parseRule } from '#emulator'
import type { Emulator, EmulatorOptions, FaultRule } from '#emulator'
import type { SimulatorOptions } from './simulator.js'

const USAGE = `tongxing-emulator: a local WeChat for developing and testing mini program logins

  tongxing-emulator                    WeChat's server API, and a control API
  tongxing-emulator ./my-miniprogram   the same, and a page where a phone runs that mini program
  tongxing-emulator check …            drives your login back end through hostile situations (check --help)

  --map DOMAIN=ADDRESS  carry requests for DOMAIN to ADDRESS; may be given more than once:
                        --map https://api.example.com=http://localhost:8080
  --port N              port to listen on, 0 for any free one (default 7070)
  --host HOST           address to listen on (default 127.0.0.1)
  --state FILE          keep apps, people and openids in this file
  --tls                 speak https too, as api.weixin.qq.com (default port 7443, --tls-port N); the certificate
                        authority to trust is kept in ~/.tongxing-emulator (--tls-dir DIR)
  --fault 'RULE'        make something go wrong; may be given more than once:
                        --fault '/sns/jscode2session errcode=-1 times=3'
                        --fault 'wx.login errMsg="system error" probability=0.3'
                        --fault 'wx.request html502 always'  --fault 'storage always'
  --help                this text
`

/** A mistake in the flags; told in one line. */
class UsageError extends Error {}

interface Flags {
  readonly emulator: EmulatorOptions
  readonly simulator: SimulatorOptions | undefined
  readonly faults: readonly FaultRule[]
}

function readFlags(args: string[]): Flags | 'help' {
  const { values, positionals } = parseFlags(args)
  if (values.help === true) return 'help'
  const [folder, stray] = positionals
  if (stray !== undefined) throw new UsageError(`one folder at a time: what is "${stray}"?`)
  if (folder === undefined && values.map !== undefined) throw new UsageError('--map needs the folder of a mini program')
  const port = readPort('--port', values.port ?? '7070')
  return {
    emulator: {
      port,
      ...values.host !== undefined && { host: values.host },
      ...values.state !== undefined && { stateFile: values.state },
      ...readTls(values),
    },
    faults: (values.fault ?? []).map(readFault),
    simulator: folder === undefined ? undefined : { folder, domains: Object.fromEntries((values.map ?? []).map(readMapping)) },
  }
}

function parseFlags(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args, allowPositionals: true, options: { map: { ...text, multiple: true }, fault: { ...text, multiple: true }, port: text, host: text, state: text, tls: { type: 'boolean' }, 'tls-port': text, 'tls-dir': text, help: { type: 'boolean', short: 'h' } } })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function readFault(line: string): FaultRule {
  try {
    return parseRule(line)
  } catch (error) {
    throw new UsageError(`--fault '${line}': ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readPort(flag: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new UsageError(`${flag} must be 0 to 65535, got "${text}"`)
  return Number(text)
}

function readTls(values: { tls?: boolean, 'tls-port'?: string, 'tls-dir'?: string }): Pick<EmulatorOptions, 'tls'> {
  const { tls = false, 'tls-port': port = '7443', 'tls-dir': directory = join(homedir(), '.tongxing-emulator') } = values
  if (!tls && (values['tls-port'] ?? values['tls-dir']) !== undefined) throw new UsageError('--tls-port and --tls-dir need --tls')
  return tls ? { tls: { port: readPort('--tls-port', port), directory } } : {}
}

function readMapping(mapping: string): [string, string] {
  const [domain, address] = mapping.split('=', 2).map((part) => URL.canParse(part) ? new URL(part) : undefined)
  const isOrigin = domain !== undefined && /^https?:$/.test(domain.protocol) && domain.pathname === '/' && domain.search === ''
  if (!isOrigin || address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new UsageError(`--map must look like https://api.example.com=http://localhost:8080, got "${mapping}"`)
  }
  return [domain.origin, address.href.replace(/\/$/, '')]
}

function describe({ url, tls, apps, people }: Emulator): string {
  const [app] = apps
  const [person] = people
  if (app === undefined || person === undefined) return `WeChat (emulated)  ${url}\n\nThe state file holds no ${app === undefined ? 'app' : 'person'} yet.\n`
  return `WeChat (emulated)  ${url}      in place of https://api.weixin.qq.com
${tls === undefined ? '' : `https              ${tls.url}     as api.weixin.qq.com; trust ${tls.caFile}\n`}control API        ${url}/_emulator/state
appid              ${app.appid}
secret             ${app.secret}
person             ${person.id} (${person.nickName})

Get a code as wx.login would, then exchange it as a server does:
  curl -s ${url}/_emulator/login -d '{"appid":"${app.appid}","person":"${person.id}"}'
  curl -s '${url}/sns/jscode2session?appid=${app.appid}&secret=${app.secret}&grant_type=authorization_code&js_code=CODE'

Ctrl-C ends it.
`
}

function describePage(page: string, { folder, domains = {} }: SimulatorOptions): string {
  const lines = Object.entries(domains).map(([domain, address]) => `                   ${domain} → ${address}\n`)
  const none = `                   no request domain yet: --map https://api.example.com=http://localhost:8080\n`
  return `\nOpen the phone     ${page}      ${folder}\n${lines.length > 0 ? lines.join('') : none}\n`
}

function explain(error: unknown): string {
  const { code, port, message } = Object(error) as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `port ${port} is taken, perhaps by another emulator: end it, or choose another with --port N (https: --tls-port N)`
  return error instanceof Error ? message : String(error)
}

function complain(error: unknown, exitCode: number): void {
  process.stderr.write(`tongxing-emulator: ${explain(error)}\n`)
  process.exitCode = exitCode
}

async function main(): Promise<void> {
  if (process.argv[2] === 'check') {
    process.exitCode = await (await import('#check')).checkCommand(process.argv.slice(3))
    return
  }
  const flags = readFlags(process.argv.slice(2))
  if (flags === 'help') {
    process.stdout.write(USAGE)
    return
  }
  const emulator = await createEmulator(flags.emulator)
  const stop = () => {
    emulator.close().catch((error: unknown) => complain(error, 1))
  }
  flags.faults.forEach(emulator.fault)
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    // The page's server is loaded only by those who want a page.
    const page = flags.simulator && (await import('./simulator.js')).openSimulator(emulator, flags.simulator).url
    process.stdout.write(`${page === undefined || flags.simulator === undefined ? '' : describePage(page, flags.simulator)}${describe(emulator)}`)
  } catch (error) {
    await emulator.close()
    throw error
  }
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) complain(`${error.message} (--help lists the flags)`, 2)
  else complain(error, 1)
})
