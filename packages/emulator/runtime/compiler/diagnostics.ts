/** One thing the compiler found; line and column count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  /** Path inside the program folder. */
  readonly file: string
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface DiagnosticList {
  readonly all: readonly Diagnostic[]
  error(file: string, message: string, line?: number, column?: number): void
  warning(file: string, message: string, line?: number, column?: number): void
}

export function createDiagnosticList(): DiagnosticList {
  const all: Diagnostic[] = []
  const add = (severity: Diagnostic['severity']) => (file: string, message: string, line = 0, column = 0): void => {
    const twice = all.some((known) => known.file === file && known.line === line && known.column === column && known.message === message)
    if (!twice) all.push({ severity, file, line, column, message })
  }
  return { all, error: add('error'), warning: add('warning') }
}

/**
 * `file:line:column message`, as terminals and editors know it.
 *
 * ```ts
 * for (const warning of compileProgram('./miniprogram').warnings) console.warn(formatDiagnostic(warning))
 * ```
 */
export function formatDiagnostic({ file, line, column, message }: Omit<Diagnostic, 'severity'>): string {
  return line > 0 ? `${file}:${line}:${column} ${message}` : `${file} ${message}`
}

/**
 * Everything that is wrong with the program, at once.
 *
 * ```ts
 * try {
 *   compileProgram('./miniprogram')
 * } catch (error) {
 *   if (error instanceof CompileError) console.error(error.diagnostics.map(formatDiagnostic).join('\n'))
 * }
 * ```
 */
export class CompileError extends Error {
  override readonly name = 'CompileError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    super(`the mini program does not compile:\n${errors.map((error) => `  ${formatDiagnostic(error)}`).join('\n')}`)
    this.diagnostics = diagnostics
  }
}

/** Line and column (1-based) of an offset. */
export function positionAt(text: string, offset: number): { line: number, column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
