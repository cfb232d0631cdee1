import { existsSync } from 'node:fs'
import path from 'node:path'
import type { WatchedBundle } from '#compiler'

/** The mini program's folder, compiled when it is first needed and again after each change. */
export interface Program {
  readonly folder: string
  /** Waits for the compiler. */
  bundle(): Promise<WatchedBundle>
  /** What the compiler refuses now: `file:line:column message`. */
  errors(): readonly string[]
  close(): void
}

/** Who wants to know of the program. */
export interface ProgramListener {
  /** It was compiled; `first` is true once. */
  onCompiled(first: boolean): void
  /** A line for the terminal. */
  say(line: string): void
}

/** Throws Error when the folder is no mini program's. Compiles at the next turn of the event loop, so that the page is served at once. */
export function openProgram(folder: string, listener: ProgramListener): Program {
  checkFolder(folder)
  let current: WatchedBundle | undefined
  let errors: readonly string[] = []
  let closed = false
  let watcher: { close(): void } | undefined

  async function start(): Promise<void> {
    // The compiler is heavy (wasm): it is loaded after the page can be served.
    const [{ watchProgram }, { formatDiagnostic }] = await Promise.all([import('#compiler'), import('#diagnostics')])
    if (closed) return
    watcher = watchProgram(folder, (bundle) => {
      const first = current === undefined
      current = bundle
      errors = bundle.error?.diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic) ?? []
      if (bundle.error !== undefined) listener.say(bundle.error.message)
      else if (!first) listener.say('the mini program was compiled anew')
      for (const warning of bundle.warnings) listener.say(`warning: ${formatDiagnostic(warning)}`)
      listener.onCompiled(first)
    })
  }

  const started = start()
  started.catch((error: unknown) => listener.say(`the compiler failed: ${error instanceof Error ? error.message : String(error)}`))
  return {
    folder,
    async bundle() {
      await started
      if (current === undefined) throw new Error('the simulator is closed')
      return current
    },
    errors: () => errors,
    close() {
      closed = true
      watcher?.close()
    },
  }
}

function checkFolder(folder: string): void {
  if (!existsSync(folder)) throw new Error(`${folder} does not exist`)
  if (!['app.json', 'project.config.json'].some((file) => existsSync(path.join(folder, file)))) {
    throw new Error(`${folder} is no mini program: there is neither an app.json nor a project.config.json in it`)
  }
}
