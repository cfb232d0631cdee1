import { createRequire } from 'node:module'
import { posix } from 'node:path'
import type { HandlerUse } from '../app-bundle.js'
import { checkWxml, EXPRESSION_REFUSED } from './check-wxml.js'
import type { DiagnosticList } from './diagnostics.js'
import type { ProgramFolder } from './program-folder.js'
import type { ProgramConfig } from './program-config.js'

interface TemplateDiagnostic {
  isError: boolean
  message: string
  startLine: number
  startColumn: number
}

interface TemplateGroup {
  addTmpl(path: string, source: string): TemplateDiagnostic[]
  addScript(path: string, source: string): void
  getDirectDependencies(path: string): string[]
  getScriptDependencies(path: string): string[]
  getTmplGenObjectGroups(): string
  free(): void
}

// CommonJS with a Node-target wasm beside it: it cannot be imported as ESM nor bundled (gotcha 27).
const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler') as { TmplGroup: new () => TemplateGroup }

/** What the compiler's short messages mean for somebody who wrote the page. */
const EXPLAINED: Readonly<Record<string, string>> = {
  'missing end tag': 'missing end tag: this tag is never closed',
  'invalid attribute': 'attribute not allowed here (wx:else and wx:elif must follow a wx:if)',
  'unexpected character inside expression': EXPRESSION_REFUSED,
}

// Beyond some thousands the compiler's memory overflows, and every later compile with it.
const DEEPEST = 500

function depthOf(source: string): number {
  let [depth, deepest] = [0, 0]
  for (const [tag] of source.matchAll(/<\/?[a-zA-Z][^>]*>/g)) {
    if (tag.startsWith('</')) depth--
    else if (!tag.endsWith('/>')) deepest = Math.max(deepest, ++depth)
  }
  return deepest
}

/** One JavaScript expression that holds every template; fills in each component's handler names. */
export function compileTemplates(folder: ProgramFolder, { comps }: ProgramConfig, diagnostics: DiagnosticList): string {
  const group = new TmplGroup()
  try {
    const dependencies = new Map<string, string[]>()
    const addScript = (path: string, from: string): void => {
      if (folder.has(`${path}.wxs`)) group.addScript(path, folder.read(`${path}.wxs`))
      else diagnostics.error(from, `${path}.wxs not found`)
    }
    const add = (path: string, from: string): void => {
      if (dependencies.has(path)) return
      const file = `${path}.wxml`
      dependencies.set(path, [])
      if (!folder.has(file)) {
        if (comps[path] === undefined) diagnostics.error(from, `${file} not found`)
        return
      }
      const source = folder.read(file)
      if (depthOf(source) > DEEPEST) {
        diagnostics.error(file, `tags are nested more than ${DEEPEST} deep`)
        return
      }
      for (const { isError, message, startLine, startColumn } of group.addTmpl(path, source)) {
        diagnostics[isError ? 'error' : 'warning'](file, EXPLAINED[message] ?? message, startLine + 1, startColumn + 1)
      }
      const direct = group.getDirectDependencies(path)
      dependencies.set(path, direct)
      for (const dependency of direct) add(dependency, file)
      for (const script of group.getScriptDependencies(path)) addScript(script, file)
    }
    for (const path of Object.keys(comps)) add(path, 'app.json')
    for (const path of Object.keys(comps)) collectHandlers(path, comps, dependencies, folder, diagnostics)
    // getDate and getRegExp are part of WXS and unknown to glass-easel.
    return `((getDate, getRegExp) => (${group.getTmplGenObjectGroups()}))((...parts) => new Date(...parts), (pattern, flags) => new RegExp(pattern, flags))`
  } finally {
    group.free()
  }
}

/** Imported and included templates run in the component that imports them: they use its components and its handlers. */
function collectHandlers(
  path: string, comps: ProgramConfig['comps'], dependencies: ReadonlyMap<string, string[]>, folder: ProgramFolder, diagnostics: DiagnosticList,
): void {
  const entry = comps[path]
  if (entry === undefined) return
  const own = new Set([...Object.keys(entry.json.usingComponents ?? {}), ...Object.keys(entry.json.componentGenerics ?? {})])
  const seen = new Set<string>()
  const handlers: HandlerUse[] = []
  const visit = (one: string): void => {
    if (seen.has(one) || !folder.has(`${one}.wxml`)) return
    seen.add(one)
    handlers.push(...checkWxml(posix.normalize(`${one}.wxml`), folder.read(`${one}.wxml`), own, diagnostics))
    for (const dependency of dependencies.get(one) ?? []) visit(dependency)
  }
  visit(path)
  entry.handlers = handlers
}
