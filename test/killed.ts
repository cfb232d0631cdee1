import { spawn } from 'node:child_process'
import path from 'node:path'
import type { Auth, AuthOptions } from '@tongxing/server'
import { moduleOf } from './server-process.js'

/** LONG_TESTS=1 kills before every statement; the short form before the commits. The store's own crash test looks at every statement, without a kill. */
const EVERY = Boolean(process.env.LONG_TESTS)

/** What runs in the process that is killed, and what must hold after each death. */
export interface KilledWork<Input> {
  /** JSON: the clock and the log are the machine's own. */
  readonly options: AuthOptions & { readonly dataDir: string }
  /** Runs in a process of its own; sees nothing but its parameters. */
  readonly work: (auth: Auth, input: Input) => Promise<unknown>
  /** What the work is given at this attempt; must be JSON. */
  readonly input: (attempt: number) => Input
  /** Called after each death, nothing else running. */
  readonly afterDeath: (attempt: number) => void | Promise<void>
}

/**
 * Does the work in processes that are killed (-9) just before the first commit, the second, and so on, until one lives to the end.
 * Resolves with what that one returned, and with the number of deaths.
 */
export async function killBeforeCommits<Input>({ options, work, input, afterDeath }: KilledWork<Input>): Promise<{ result: unknown, deaths: number }> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(`
      import { createAuth } from ${moduleOf('index.js')}
      import { openSqliteStore } from ${moduleOf('store/sql/sqlite.js')}
      let left = Infinity
      const store = await openSqliteStore({
        file: ${JSON.stringify(path.join(options.dataDir, 'tongxing.db'))},
        pseudonym: (uid) => uid.slice(-4),
        beforeStatement: (sql) => { if ((${EVERY} || sql === 'commit') && --left === 0) process.kill(process.pid, 'SIGKILL') },
      })
      const auth = await createAuth({ ...${JSON.stringify(options)}, store })
      left = ${attempt}
      const result = await (${work.toString()})(auth, ${JSON.stringify(input(attempt))})
      left = Infinity
      await auth.close()
      console.log(JSON.stringify({ result }))`)
    if (outcome !== null) return { result: outcome.result, deaths: attempt - 1 }
    await afterDeath(attempt)
  }
}

// null when it was killed.
function attemptOnce(code: string): Promise<{ result: unknown } | null> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [said, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  return new Promise((resolve, reject) => child.once('close', (exit, signal) => {
    if (signal === 'SIGKILL') resolve(null)
    else if (exit === 0) resolve(JSON.parse(said) as { result: unknown })
    else reject(new Error(`the process ended with ${exit ?? signal}: ${err}`))
  }))
}
