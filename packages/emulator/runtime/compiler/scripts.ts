import { posix } from 'node:path'
import { transformSync } from 'esbuild'
import type { DiagnosticList } from './diagnostics.js'
import { positionAt } from './diagnostics.js'
import type { ProgramFolder } from './program-folder.js'
import { lineTable } from './line-table.js'

export interface CompiledScript {
  readonly code: string
  readonly requires: Record<string, string>
  readonly lines: number[]
}

export interface CompiledScripts {
  readonly scripts: Record<string, CompiledScript>
  readonly json: Record<string, unknown>
}

// esbuild prints every import, and import(), as a call of require.
const REQUIRE = /\brequire(?:\.async)?\(\s*(["'`])([^"'`$\n]+)\1/g

/** The given scripts and everything they require. */
export function compileScripts(entries: readonly string[], folder: ProgramFolder, diagnostics: DiagnosticList): CompiledScripts {
  const scripts: Record<string, CompiledScript> = {}
  const json: Record<string, unknown> = {}
  const queue = [...entries]
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (scripts[file] !== undefined || json[file] !== undefined) continue
    if (file.endsWith('.json')) {
      json[file] = folder.json(file) ?? {}
      continue
    }
    const source = folder.read(file)
    const { code, map } = transform(file, source, diagnostics)
    const requires: Record<string, string> = {}
    for (const [, , specifier = ''] of code.matchAll(REQUIRE)) {
      const target = resolveModule(specifier, file, folder)
      if (target === undefined) reportMissing(file, source, specifier, diagnostics)
      else requires[specifier] = target
    }
    scripts[file] = { code, requires, lines: map === '' ? [] : lineTable(map) }
    queue.push(...Object.values(requires))
  }
  return { scripts, json }
}

function transform(file: string, source: string, diagnostics: DiagnosticList): { code: string, map: string } {
  try {
    return transformSync(source, { loader: file.endsWith('.ts') ? 'ts' : 'js', format: 'cjs', target: 'es2020', sourcefile: file, sourcemap: 'external', logLevel: 'silent' })
  } catch (error) {
    const { errors } = error as { errors?: { text: string, location: { line: number, column: number } | null }[] }
    if (errors === undefined) throw error
    for (const { text, location } of errors) diagnostics.error(file, text, location?.line, (location?.column ?? -1) + 1)
    return { code: '', map: '' }
  }
}

/** A warning, for the call may stand inside a try; when it runs it throws WeChat's message. */
function reportMissing(file: string, source: string, specifier: string, diagnostics: DiagnosticList): void {
  const { line, column } = positionAt(source, Math.max(0, source.indexOf(specifier)))
  diagnostics.warning(file, `module "${specifier}" not found (looked in the program, miniprogram_npm and node_modules)`, line, column)
}

function resolveModule(specifier: string, from: string, folder: ProgramFolder): string | undefined {
  const candidates = (path: string): string[] => [path, `${path}.js`, `${path}.ts`, `${path}.json`, `${path}/index.js`, `${path}/index.ts`, path.replace(/\.js$/, '.ts')]
  const find = (path: string): string | undefined => candidates(path).find((file) => /\.(?:js|ts|json)$/.test(file) && folder.has(file))
  if (specifier.startsWith('/')) return find(specifier.slice(1))
  const relative = find(posix.join(posix.dirname(from), specifier))
  if (specifier.startsWith('.') || relative !== undefined) return relative
  const [, name = '', inside = 'index'] = /^(@[^/]+\/[^/]+|[^/]+)(?:\/(.*))?$/.exec(specifier) ?? []
  const packaged = folder.packagePath(name, from)
  return packaged === undefined ? find(specifier) : find(posix.join(packaged, inside))
}
