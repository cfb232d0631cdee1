import { printBundle } from './bundle-text.js'
import { CompileError, createDiagnosticList } from './diagnostics.js'
import type { Diagnostic } from './diagnostics.js'
import { readProgramConfig } from './program-config.js'
import type { ProgramConfig } from './program-config.js'
import { openProgramFolder } from './program-folder.js'
import type { ProgramFolder } from './program-folder.js'
import { compileScripts } from './scripts.js'
import { compileTemplates } from './templates.js'
import { compileWxss } from './wxss.js'
import type { DiagnosticList } from './diagnostics.js'

/** A mini program, compiled: one script, and what the compiler wants to say about it. */
export interface CompiledProgram {
  /** The app bundle: a plain script for the phone's document. */
  readonly text: string
  readonly warnings: readonly Diagnostic[]
  /** The folder that holds app.json: pictures are served from here. */
  readonly root: string
}

/**
 * Compiles a mini program folder. Throws one CompileError that names everything that is wrong.
 *
 * ```ts
 * const { text, warnings } = compileProgram('./miniprogram')
 * ```
 */
export function compileProgram(folder: string): CompiledProgram {
  const diagnostics = createDiagnosticList()
  const program = openProgramFolder(folder, diagnostics)
  const config = readProgramConfig(program, diagnostics)
  const templates = compileTemplates(program, config, diagnostics)
  const wxss = compileSheets(program, config, diagnostics)
  const app = ['app.js', 'app.ts'].filter(program.has).slice(0, 1)
  const entries = [...app, ...Object.values(config.comps).map(({ script }) => script)].filter(program.has)
  const scripts = compileScripts(entries, program, diagnostics)
  if (diagnostics.all.some(({ severity }) => severity === 'error')) throw new CompileError(diagnostics.all)
  return { text: printBundle({ config, templates, wxss, scripts }), warnings: diagnostics.all, root: program.root }
}

function compileSheets(folder: ProgramFolder, { comps }: ProgramConfig, diagnostics: DiagnosticList): Record<string, string> {
  const without = Object.keys(comps).filter((path) => comps[path]?.json.styleIsolation?.startsWith('page-') === true)
  const wxss: Record<string, string> = { app: folder.has('app.wxss') ? compileWxss('app.wxss', { without }, folder, diagnostics) : '' }
  for (const [path, { page, scope }] of Object.entries(comps)) {
    const file = `${path}.wxss`
    if (folder.has(file)) wxss[path] = compileWxss(file, { scope, page: page ? path : undefined }, folder, diagnostics)
  }
  return wxss
}
