import { printErrorBundle } from './bundle-text.js'
import type { CompiledProgram } from './compile.js'
import { compileProgram } from './compile.js'
import { CompileError, createDiagnosticList } from './diagnostics.js'
import { findProgramRoot } from './program-folder.js'
import { watchFolder } from './watch-folder.js'

/** A compiled program, or the errors that stand in its place. */
export interface WatchedBundle extends CompiledProgram {
  /** Present when the program does not compile; `text` is then a bundle that shows the errors on the phone. */
  readonly error?: CompileError
}

const QUIET_MS = 80
const IGNORED = /(?:^|[/\\])(?:node_modules|\.git)(?:[/\\]|$)/

/**
 * Compiles now and again after every change; `onBundle` is told each time. What it throws at first is thrown.
 *
 * ```ts
 * const watched = watchProgram('./miniprogram', ({ text }) => reload(text))
 * watched.close()
 * ```
 */
export function watchProgram(folder: string, onBundle: (bundle: WatchedBundle) => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  const compile = (): void => { onBundle(compileOrShowErrors(folder)) }
  const watcher = watchFolder(folder, {
    onChange(file) {
      if (file !== null && IGNORED.test(file)) return
      // Editors write a file in several steps: wait until they are done.
      clearTimeout(timer)
      timer = setTimeout(compile, QUIET_MS)
    },
    onError(error) { process.stderr.write(`tongxing-emulator: changes of ${folder} are not seen any more (${error.message}); start again to see them\n`) },
  })
  const close = (): void => {
    clearTimeout(timer)
    watcher.close()
  }
  try {
    compile()
  } catch (error) {
    close()
    throw error
  }
  return { close }
}

/**
 * Compiles; when that fails, gives a bundle that shows the errors on the phone instead of throwing.
 *
 * ```ts
 * const { text } = compileOrShowErrors('./miniprogram')
 * ```
 */
export function compileOrShowErrors(folder: string): WatchedBundle {
  try {
    return compileProgram(folder)
  } catch (error) {
    const failure = error instanceof CompileError ? error : unexpected(folder, error)
    const errors = failure.diagnostics.filter(({ severity }) => severity === 'error')
    const warnings = failure.diagnostics.filter(({ severity }) => severity === 'warning')
    return { text: printErrorBundle(errors), warnings, root: rootOf(folder), error: failure }
  }
}

// A half-saved file can be anything; whatever it makes the compiler throw, the next save must be compiled again.
function unexpected(folder: string, error: unknown): CompileError {
  const message = `the compiler failed: ${error instanceof Error ? error.message : String(error)}`
  return new CompileError([{ severity: 'error', file: folder, line: 1, column: 1, message }])
}

function rootOf(folder: string): string {
  try {
    return findProgramRoot(folder, createDiagnosticList())
  } catch {
    return folder // the reason is in the diagnostics already
  }
}
