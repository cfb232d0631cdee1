#!/usr/bin/env node
import { createRequire } from 'node:module'
import path from 'node:path'
import { ConfigError } from '../index.js'
import type { Auth } from '../index.js'
import { runApiKeys } from './api-keys.js'
import { runApps } from './apps.js'
import { runAudit } from './audit.js'
import { runBackup, runRestore } from './backups.js'
import { runDoctor } from './doctor.js'
import { VARIABLES } from './environment.js'
import { runKeys } from './keys.js'
import { openAuth, readOptions } from './open.js'
import { runServe } from './serve.js'
import { UsageError } from './usage.js'
import { runSessions, runUsers } from './users.js'

const HELP = `tongxing: login and sessions for WeChat Mini Programs

  tongxing serve            run the service (configured by environment variables)
  tongxing keys generate | list | rotate | retire KID | revoke KID | reseal
                            sealing keys: rotate logs nobody out, revoke ends a leaked key's tokens
  tongxing api-keys create NAME [--admin] | list | revoke ID
                            keys of back ends (introspection, tickets), and of the admin listener
  tongxing users show UID | ban UID | unban UID | end-sessions UID
               | erase UID --for-good | merge FROM INTO [--dry-run] | conflicts | import FILE
  tongxing apps list | disable APPID | enable APPID
  tongxing sessions UID     where a user is logged in
  tongxing audit show [AFTER] | head | verify [SEQ:HASH]
                            the audit log, and whether anybody changed it
  tongxing backup FOLDER    database and avatars, while servers are running
  tongxing restore FOLDER --servers-are-stopped
                            puts a backup in the database's place; every session ends
  tongxing doctor [--miniprogram FOLDER]
                            looks for what is wrong, and says what to do
  tongxing --help           this page
  tongxing --version        the version

Environment:
${VARIABLES.map(({ name, meaning, byDefault }) => `  ${name.padEnd(23)} ${meaning}\n${' '.repeat(26)}default: ${byDefault}`).join('\n')}
`

type Command = (words: readonly string[]) => Promise<void> | void

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: (words) => (words.length === 0 ? runServe() : wrong(['serve', ...words])),
  keys: (words) => runKeys(words, print, withAuth, keyFolder()),
  apps: (words) => withAuth((auth) => runApps(auth, words, print)),
  'api-keys': (words) => withAuth((auth) => runApiKeys(auth, words, print)),
  users: (words) => withAuth((auth) => runUsers(auth, words, print)),
  sessions: (words) => withAuth((auth) => runSessions(auth, words, print)),
  audit: (words) => withAuth((auth) => runAudit(auth, words, print)),
  backup: (words) => runBackup(readOptions().auth, words, print),
  restore: (words) => runRestore(readOptions().auth, words, print),
  doctor: (words) => runDoctor(words, print),
  '--version': () => print(`${version()}\n`),
  '--help': () => print(HELP),
  help: () => print(HELP),
}

async function run([name = '--help', ...words]: readonly string[]): Promise<void> {
  await (Object.hasOwn(COMMANDS, name) ? COMMANDS[name]!(words) : wrong([name, ...words]))
}

function wrong(words: readonly string[]): never {
  throw new UsageError(`unknown command: tongxing ${words.join(' ')}\nSee: tongxing --help`)
}

async function withAuth(work: (auth: Auth) => Promise<void>): Promise<void> {
  const { auth } = await openAuth()
  try {
    await work(auth)
  } finally {
    await auth.close()
  }
}

// Where keys.json lives, or null when the keys come from the environment.
function keyFolder(): string | null {
  const { TONGXING_KEYS: keys = '', TONGXING_DATA: dataDir = '' } = process.env
  return keys.trim() === '' ? path.resolve(dataDir.trim() || 'data') : null
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
