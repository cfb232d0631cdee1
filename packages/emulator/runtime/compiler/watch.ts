import { watch } from 'node:fs'
import { printErrorBundle } from './bundle-text.js'
import type { CompiledProgram } from './compile.js'
import { compileProgram } from './compile.js'
import { CompileError } from './diagnostics.js'
import { findProgramRoot } from './program-folder.js'

/** A compiled program, or the errors that stand in its place. */
export interface WatchedBundle extends CompiledProgram {
  /** Present when the program does not compile; `text` is then a bundle that shows the errors on the phone. */
  readonly error?: CompileError
}

const QUIET_MS = 80
const IGNORED = /(?:^|[/\\])(?:node_modules|\.git)(?:[/\\]|$)/

/** Compiles now and again after every change; `onBundle` is told each time. */
export function watchProgram(folder: string, onBundle: (bundle: WatchedBundle) => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  const compile = (): void => { onBundle(compileOrShowErrors(folder)) }
  const watcher = watch(folder, { recursive: true }, (_, file) => {
    if (file !== null && IGNORED.test(file)) return
    // Editors write a file in several steps: wait until they are done.
    clearTimeout(timer)
    timer = setTimeout(compile, QUIET_MS)
  })
  compile()
  const close = (): void => {
    clearTimeout(timer)
    watcher.close()
  }
  return { close }
}

/** Compiles; when that fails, gives a bundle that shows the errors on the phone instead of throwing. */
export function compileOrShowErrors(folder: string): WatchedBundle {
  try {
    return compileProgram(folder)
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    const errors = error.diagnostics.filter(({ severity }) => severity === 'error')
    const warnings = error.diagnostics.filter(({ severity }) => severity === 'warning')
    return { text: printErrorBundle(errors), warnings, root: findProgramRoot(folder), error }
  }
}
