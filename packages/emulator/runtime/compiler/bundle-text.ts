import type { BundleDiagnostic } from '../app-bundle.js'
import { APP_BUNDLE_NAME, HIDDEN_GLOBALS, MODULE_GLOBALS } from '../app-bundle.js'
import type { ProgramConfig } from './program-config.js'
import type { CompiledScripts } from './scripts.js'

export interface BundleParts {
  readonly config: ProgramConfig
  readonly wxss: Record<string, string>
  readonly templates: string
  readonly scripts: CompiledScripts
}

const SOURCE_URL = `//# sourceURL=${APP_BUNDLE_NAME}\n`
// U+2028/2029 end a line of JavaScript and not of JSON; </script would end an inline script.
const literal = (value: unknown): string => JSON.stringify(value).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`).replace(/<\/script/gi, '<\\/script')

/** The app bundle: one plain script that sets globalThis.__mp__ and runs nothing. */
export function printBundle({ config, wxss, templates, scripts }: BundleParts): string {
  const names = [...MODULE_GLOBALS, ...HIDDEN_GLOBALS].join(', ')
  let text = `globalThis.__mp__ = { app: ${literal(config.app)},\ncomps: ${literal(config.comps)},\nwxss: ${literal(wxss)},\n`
  text += `json: ${literal(scripts.json)},\ntemplates: ${templates},\njs: {\n`
  for (const [file, { code, requires, lines }] of Object.entries(scripts.scripts)) {
    const firstLine = text.split('\n').length + 1
    // The inner function lets a module declare names of its own that equal a parameter ("const location = …").
    text += `${literal(file)}: { requires: ${literal(requires)}, firstLine: ${firstLine}, lines: ${literal(lines)}, run: function (${names}) { (function () {\n${code}\n}).call(module.exports) } },\n`
  }
  return `${text}} }\n${SOURCE_URL}`
}

/**
 * What the phone is given instead when the program does not compile.
 *
 * ```ts
 * const text = printErrorBundle([{ file: 'app.json', line: 0, column: 0, message: 'is missing' }])
 * ```
 */
export function printErrorBundle(errors: readonly BundleDiagnostic[]): string {
  const bundle = { app: { pages: [] }, comps: {}, wxss: {}, templates: {}, js: {}, json: {}, errors }
  return `globalThis.__mp__ = ${literal(bundle)}\n${SOURCE_URL}`
}
