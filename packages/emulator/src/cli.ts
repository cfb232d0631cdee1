#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { createEmulator } from './emulator.js'
import type { Emulator, EmulatorOptions } from './emulator.js'

const USAGE = `tongxing-emulator: a local WeChat for developing and testing mini program logins

  --port N      port to listen on, 0 for any free one (default 7070)
  --host HOST   address to listen on (default 127.0.0.1)
  --state FILE  keep apps, people and openids in this file
  --help        this text
`

/** A mistake in the flags; told in one line. */
class UsageError extends Error {}

function readFlags(args: string[]): EmulatorOptions | 'help' {
  const { values } = parseFlags(args)
  if (values.help === true) return 'help'
  const port = values.port ?? '7070'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new UsageError(`--port must be 0 to 65535, got "${port}"`)
  return {
    port: Number(port),
    ...values.host !== undefined && { host: values.host },
    ...values.state !== undefined && { stateFile: values.state },
  }
}

function parseFlags(args: string[]) {
  try {
    return parseArgs({ args, options: { port: { type: 'string' }, host: { type: 'string' }, state: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function describe({ url, apps, people }: Emulator): string {
  const [app] = apps
  const [person] = people
  if (app === undefined || person === undefined) return `WeChat (emulated)  ${url}\n\nThe state file holds no ${app === undefined ? 'app' : 'person'} yet.\n`
  return `WeChat (emulated)  ${url}      in place of https://api.weixin.qq.com
control API        ${url}/_emulator/state
appid              ${app.appid}
secret             ${app.secret}
person             ${person.id} (${person.nickName})

Get a code as wx.login would, then exchange it as a server does:
  curl -s ${url}/_emulator/login -d '{"appid":"${app.appid}","person":"${person.id}"}'
  curl -s '${url}/sns/jscode2session?appid=${app.appid}&secret=${app.secret}&grant_type=authorization_code&js_code=CODE'

Ctrl-C ends it.
`
}

function complain(error: unknown, exitCode: number): void {
  process.stderr.write(`tongxing-emulator: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = exitCode
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2))
  if (flags === 'help') {
    process.stdout.write(USAGE)
    return
  }
  const emulator = await createEmulator(flags)
  const stop = () => {
    emulator.close().catch((error: unknown) => complain(error, 1))
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  process.stdout.write(describe(emulator))
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) complain(`${error.message} (--help lists the flags)`, 2)
  else complain(error, 1)
})
