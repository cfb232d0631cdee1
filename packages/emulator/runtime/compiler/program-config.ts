import { posix } from 'node:path'
import type { AppConfig, ComponentEntry, ComponentJson } from '../app-bundle.js'
import { SUPPORTED_TAGS } from '../supported-tags.js'
import type { DiagnosticList } from './diagnostics.js'
import type { ProgramFolder } from './program-folder.js'
import { isObject } from './program-folder.js'

export interface ProgramConfig {
  readonly app: AppConfig
  /** Pages and components by path without extension. */
  readonly comps: Record<string, ComponentEntry>
}

const strings = (value: unknown): string[] => Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
/** Whether its classes are its own; where others' apply as well ('apply-shared'), an element carries both. */
const hasScope = ({ component, styleIsolation }: ComponentJson): boolean =>
  styleIsolation === undefined ? component === true : styleIsolation !== 'shared' && styleIsolation !== 'page-shared'

/** app.json, and every page and component that it leads to. */
export function readProgramConfig(folder: ProgramFolder, diagnostics: DiagnosticList): ProgramConfig {
  const raw = folder.json('app.json')
  if (raw === undefined) {
    if (!folder.has('app.json')) diagnostics.error('app.json', `not found in ${folder.root}`)
    return { app: { pages: [] }, comps: {} }
  }
  const app = { ...readApp(raw, diagnostics), ...readThemes(raw, folder, diagnostics) }
  const comps: Record<string, ComponentEntry> = {}
  const shared = resolveComponents(app.usingComponents ?? {}, 'app.json', folder, diagnostics)
  const queue = app.pages.map((path) => ({ path, page: true, from: 'app.json' }))
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, page, from } = next
    if (comps[path] !== undefined) continue
    const read = readComponentJson(path, shared, folder, diagnostics)
    // A component that is used as a page is styled like one.
    const json = page ? { styleIsolation: 'shared', ...read } : read
    const script = [`${path}.js`, `${path}.ts`].find(folder.has)
    if (!folder.has(`${path}.wxml`)) diagnostics.error(from, `${page ? 'page' : 'component'} "${path}": ${path}.wxml not found`)
    if (script === undefined) diagnostics.error(from, `${page ? 'page' : 'component'} "${path}": neither ${path}.js nor ${path}.ts found`)
    comps[path] = { json, page, script: script ?? `${path}.js`, handlers: [], ...(hasScope(json) ? { scope: `c${Object.keys(comps).length}` } : {}) }
    for (const used of [...Object.values(json.usingComponents ?? {}), ...defaultsOf(json)]) queue.push({ path: used.slice(1), page: false, from: `${path}.json` })
  }
  return { app, comps }
}

function readApp(raw: Record<string, unknown>, diagnostics: DiagnosticList): AppConfig {
  for (const key of ['plugins', 'useExtendedLib'] as const) {
    if (raw[key] !== undefined) diagnostics.error('app.json', `"${key}" is not supported by the simulator`)
  }
  if (raw.renderer === 'skyline') diagnostics.warning('app.json', '"renderer": "skyline" is ignored: the simulator draws as WebView does')
  const subpackages: unknown = raw.subPackages ?? raw.subpackages
  const pages = strings(raw.pages)
  for (const item of Array.isArray(subpackages) ? subpackages as unknown[] : []) {
    if (isObject(item) && typeof item.root === 'string') pages.push(...strings(item.pages).map((page) => posix.join(String(item.root), page)))
  }
  if (pages.length === 0) diagnostics.error('app.json', '"pages" names no page')
  const app = { ...raw, pages: [...new Set(pages.map((page) => page.replace(/^\//, '')))] } as AppConfig
  for (const { pagePath } of app.tabBar?.list ?? []) {
    if (!app.pages.includes(pagePath)) diagnostics.error('app.json', `tabBar: "${pagePath}" is not in "pages"`)
  }
  if (app.tabBar?.custom === true) diagnostics.error('app.json', 'tabBar "custom": the component in custom-tab-bar/ is not drawn by the simulator; without "custom" the phone draws "list", as WeChat does below base library 2.5.0')
  return app
}

function readThemes({ themeLocation }: Record<string, unknown>, folder: ProgramFolder, diagnostics: DiagnosticList): Pick<AppConfig, 'themes'> {
  if (typeof themeLocation !== 'string') return {}
  const themes = folder.json(themeLocation)
  if (themes === undefined && !folder.has(themeLocation)) diagnostics.error('app.json', `"themeLocation": ${themeLocation} not found`)
  return themes === undefined ? {} : { themes }
}

function readComponentJson(path: string, shared: Record<string, string>, folder: ProgramFolder, diagnostics: DiagnosticList): ComponentJson {
  const file = `${path}.json`
  const json = (folder.json(file) ?? {}) as ComponentJson
  const own = isObject(json.usingComponents) ? resolveComponents(json.usingComponents, file, folder, diagnostics) : {}
  const generics = isObject(json.componentGenerics) ? resolveGenerics(json.componentGenerics, file, folder, diagnostics) : undefined
  return { ...json, usingComponents: { ...shared, ...own }, ...(generics === undefined ? {} : { componentGenerics: generics }) }
}

/** Components that stand in for a generic one until a page names another. */
function defaultsOf({ componentGenerics = {} }: ComponentJson): string[] {
  return Object.values(componentGenerics).flatMap((generic) => generic === true || generic.default === undefined ? [] : [generic.default])
}

type Generics = NonNullable<ComponentJson['componentGenerics']>

function resolveGenerics(generics: Generics, file: string, folder: ProgramFolder, diagnostics: DiagnosticList): Generics {
  const named = Object.entries(generics).flatMap(([tag, generic]) => isObject(generic) && generic.default !== undefined ? [[tag, generic.default] as const] : [])
  const resolved = resolveComponents(Object.fromEntries(named), file, folder, diagnostics)
  return Object.fromEntries(Object.keys(generics).map((tag) => [tag, resolved[tag] === undefined ? true : { default: resolved[tag] }]))
}

/** Every path becomes absolute ('/components/card/card'), so that the phone need not know packages. */
function resolveComponents(using: Record<string, unknown>, file: string, folder: ProgramFolder, diagnostics: DiagnosticList): Record<string, string> {
  const resolved: Record<string, string> = {}
  for (const [tag, path] of Object.entries(using)) {
    if (SUPPORTED_TAGS[tag] !== undefined) diagnostics.warning(file, `component "${tag}" hides the built-in tag of that name`)
    if (typeof path !== 'string') {
      diagnostics.error(file, `component "${tag}" must be named by a path`)
      continue
    }
    const place = /^\w+:\/\//.test(path) ? undefined : resolveComponent(path, file, folder)
    if (place === undefined) diagnostics.error(file, `component "${tag}": "${path}" not found, or of a kind that the simulator does not support`)
    else resolved[tag] = `/${place}`
  }
  return resolved
}

function resolveComponent(path: string, file: string, folder: ProgramFolder): string | undefined {
  const inside = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(file), path)
  const name = /^(@[^/]+\/[^/]+|[^./@][^/]*)(?:\/(.*))?$/.exec(path)
  const places = [inside, `${inside}/index`]
  const packaged = name?.[1] === undefined ? undefined : folder.packagePath(name[1], file)
  if (packaged !== undefined) {
    const within = posix.join(packaged, name?.[2] ?? 'index')
    places.push(within, `${within}/index`)
  }
  return places.find((place) => folder.has(`${place}.wxml`) || folder.has(`${place}.json`))
}
