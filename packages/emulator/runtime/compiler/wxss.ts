import { realpathSync } from 'node:fs'
import { posix } from 'node:path'
import postcss from 'postcss'
import selectorParser from 'postcss-selector-parser'
import type { DiagnosticList } from './diagnostics.js'
import type { ProgramFolder } from './program-folder.js'
import { walkTagNames } from './selector-tags.js'

const RPX = /(-?\d*\.?\d+)rpx\b/g
const VH = /(-?\d*\.?\d+)vh\b/g
const IMPORT = /^(?:url\()?\s*["']?([^"')]+)["']?\s*\)?$/

export interface SheetPlace {
  /** Prefix of the classes of a component, or page, whose styles are its own. */
  readonly scope?: string | undefined
  /** Route of a page; neither for app.wxss. */
  readonly page?: string | undefined
  /** Of app.wxss: routes of the pages that want none of it ("styleIsolation": "page-…"). */
  readonly without?: readonly string[]
}

export function compileWxss(file: string, place: SheetPlace, folder: ProgramFolder, diagnostics: DiagnosticList): string {
  const css = readSheet(file, folder, diagnostics, new Set())
  css.walkDecls((declaration) => {
    // 100vh is the height of the page area in WeChat, which has a navigation bar above it: cqh, the screen is a size container.
    declaration.value = declaration.value.replace(RPX, 'calc($1 * var(--rpx))').replace(VH, '$1cqh')
  })
  css.walkAtRules('media', (rule) => {
    // No variables inside a media condition: the phone is 375 px wide there.
    rule.params = rule.params.replace(RPX, (_, size: string) => `${Number(size) / 2}px`)
  })
  css.walkRules((rule) => {
    if (isKeyframe(rule)) return
    rule.selector = rewriteSelector(rule.selector, place, (message) => {
      diagnostics.warning(file, message, rule.source?.start?.line ?? 0, rule.source?.start?.column ?? 0)
    })
  })
  return css.toString()
}

const isKeyframe = ({ parent }: postcss.Rule): boolean => parent?.type === 'atrule' && /keyframes$/.test((parent as postcss.AtRule).name)

/** The sheet with its imports in place, each file once, under whatever name: a symbolic link may lead back to the folder it lies in. */
function readSheet(file: string, folder: ProgramFolder, diagnostics: DiagnosticList, seen: Set<string>): postcss.Root {
  const placeOf = (path: string): string => realpathSync(folder.locate(path))
  seen.add(placeOf(file))
  const root = parseSheet(file, folder.read(file), diagnostics)
  root.walkAtRules('import', (rule) => {
    const path = IMPORT.exec(rule.params.trim())?.[1]?.trim() ?? rule.params
    const target = posix.normalize(path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(file), path))
    const problem = target.startsWith('../') ? 'is outside of the program' : folder.has(target) ? undefined : 'not found'
    if (problem !== undefined) diagnostics.error(file, `@import: ${target} ${problem}`, rule.source?.start?.line, rule.source?.start?.column)
    if (problem !== undefined || seen.has(placeOf(target))) rule.remove()
    else rule.replaceWith(readSheet(target, folder, diagnostics, seen).nodes)
  })
  return root
}

function parseSheet(file: string, source: string, diagnostics: DiagnosticList): postcss.Root {
  try {
    return postcss.parse(source)
  } catch (error) {
    if (!(error instanceof postcss.CssSyntaxError)) throw error
    diagnostics.error(file, error.reason, error.line, error.column)
    return postcss.root()
  }
}

function rewriteSelector(selector: string, { scope, page, without = [] }: SheetPlace, warn: (message: string) => void): string {
  return selectorParser((list) => list.each((one) => {
    let namesPage = false
    walkTagNames(one, (tag) => {
      if (scope !== undefined && page === undefined) warn(`tag selector "${tag.value}" of an isolated component matches in every page`)
      namesPage ||= tag.value === 'page'
      tag.value = tag.value === 'page' && page !== undefined ? `wx-page[is="${page}"]` : `wx-${tag.value}`
    })
    // Ids are written to the document as <random>--id (gotcha 15).
    one.walkIds((id) => { id.replaceWith(attribute('id', '$=', `--${id.value}`)) })
    if (scope !== undefined) {
      one.walkClasses((name) => { name.value = `${scope}--${name.value}` })
      one.walkPseudos((pseudo) => { if (pseudo.value === ':host') pseudo.replaceWith(attribute('wx-host', '=', scope)) })
    } else if (/:host\b/.test(selector)) {
      warn('":host" has no effect in a sheet with shared styles')
    }
    if (without.length > 0) excludePages(one, without)
    // Pages share one style scope, so a page's rules would reach every page of the stack. :where adds no specificity.
    if (page !== undefined && !namesPage) one.prepend(selectorParser.pseudo({ value: `:where(wx-page[is="${page}"]) ` }))
  })).processSync(selector)
}

/** Says "in none of these pages" of what the selector selects; :where adds no specificity. */
function excludePages(selector: selectorParser.Selector, routes: readonly string[]): void {
  const inside = routes.flatMap((route) => [`wx-page[is="${route}"]`, `wx-page[is="${route}"] *`])
  const exclusion = selectorParser.pseudo({ value: `:not(:where(${inside.join(',')}))` })
  const pseudoElement = selector.nodes.find((node) => selectorParser.isPseudoElement(node))
  if (pseudoElement === undefined) selector.append(exclusion)
  else selector.insertBefore(pseudoElement, exclusion)
}

const attribute = (name: string, operator: '=' | '$=', value: string): selectorParser.String =>
  selectorParser.string({ value: `[${name}${operator}"${value}"]` })
