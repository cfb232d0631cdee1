#!/usr/bin/env node
import { createRequire } from 'node:module'
import { ConfigError, generateKeyRing } from '../index.js'
import type { Auth } from '../index.js'
import { runApiKeys } from './api-keys.js'
import { VARIABLES } from './environment.js'
import { openAuth } from './open.js'
import { runServe } from './serve.js'
import { UsageError } from './usage.js'

const HELP = `tongxing: login and sessions for WeChat Mini Programs

  tongxing serve            run the service (configured by environment variables)
  tongxing keys generate    print a fresh sealing key for TONGXING_KEYS
  tongxing api-keys create NAME | list | revoke ID
                            keys of back ends, for introspection and tickets
  tongxing --help           this page
  tongxing --version        the version

Environment of "serve" and "api-keys":
${VARIABLES.map(({ name, meaning, byDefault }) => `  ${name.padEnd(24)}${meaning}\n${' '.repeat(26)}default: ${byDefault}`).join('\n')}
`

async function run(words: readonly string[]): Promise<void> {
  if (words[0] === 'api-keys') return withAuth((auth) => runApiKeys(auth, words.slice(1), print))
  switch (words.join(' ')) {
    case 'serve': return runServe()
    case 'keys generate': return print(`${generateKeyRing()}\n`)
    case '--version': return print(`${version()}\n`)
    case '': case '--help': case 'help': return print(HELP)
    default: throw new UsageError(`unknown command: tongxing ${words.join(' ')}\nSee: tongxing --help`)
  }
}

async function withAuth(work: (auth: Auth) => Promise<void>): Promise<void> {
  const { auth } = await openAuth()
  try {
    await work(auth)
  } finally {
    await auth.close()
  }
}

function version(): string {
  return (createRequire(import.meta.url)('../../package.json') as { version: string }).version
}

function print(text: string): void {
  process.stdout.write(text)
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = 1
  if (error instanceof ConfigError) {
    process.stderr.write(`Tongxing cannot start: ${error.problems.length} problem${error.problems.length === 1 ? '' : 's'} in the configuration\n`)
    for (const problem of error.problems) process.stderr.write(`  - ${problem}\n`)
  } else if (error instanceof UsageError || typeof (error as { code?: unknown }).code === 'string') {
    // The system's and the database's own errors (address, port, folder, file) say what it is in one line.
    process.stderr.write(`${(error as Error).message}\n`)
  } else {
    throw error
  }
})
