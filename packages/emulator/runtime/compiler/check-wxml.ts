import type { HandlerUse } from '../app-bundle.js'
import type { SupportedTag } from '../supported-tags.js'
import {
  BROWSER_ONLY_EVENTS, COMMON_EVENTS, INPUT_TYPES, NAVIGATOR_OPEN_TYPES, OPEN_TYPE_EVENTS, PICKER_MODES, SUPPORTED_TAGS, SYNTAX_TAGS,
} from '../supported-tags.js'
import type { DiagnosticList } from './diagnostics.js'
import { positionAt } from './diagnostics.js'
import type { ScannedAttribute, ScannedTag } from './wxml-scan.js'
import { scanWxml } from './wxml-scan.js'

const COMMON_ATTRIBUTE = /^(?:id|class|style|hidden|slot|role|key|data-.*|aria-.*|mark:.*|wx:.*|generic:.*|worklet:.*|change:.*)$/
const EVENT_ATTRIBUTE = /^(?:capture-bind:|capture-catch:|mut-bind:|bind:|catch:|bind|catch)(.+)$/
const WX_ATTRIBUTES = ['wx:if', 'wx:elif', 'wx:else', 'wx:for', 'wx:for-items', 'wx:for-item', 'wx:for-index', 'wx:key']
/** Said of every expression that the phone cannot read. */
export const EXPRESSION_REFUSED = 'unexpected character inside {{ }}: WXML knows no ?., ??, assignments or functions'
const isDynamic = (value: string | undefined): boolean => value?.includes('{{') === true

const VALUES: Readonly<Record<string, { attribute: string, allowed: readonly string[], several?: boolean }[]>> = {
  button: [{ attribute: 'open-type', allowed: Object.keys(OPEN_TYPE_EVENTS), several: true }, { attribute: 'form-type', allowed: ['submit', 'reset'] }],
  navigator: [{ attribute: 'open-type', allowed: NAVIGATOR_OPEN_TYPES }],
  input: [{ attribute: 'type', allowed: INPUT_TYPES }],
  picker: [{ attribute: 'mode', allowed: PICKER_MODES }],
}

/** Refuses what the phone could not honour; returns the handler names in use. */
export function checkWxml(file: string, source: string, ownComponents: ReadonlySet<string>, diagnostics: DiagnosticList): HandlerUse[] {
  const handlers: HandlerUse[] = []
  checkExpressions(file, source, diagnostics)
  for (const tag of scanWxml(source)) {
    const builtin = ownComponents.has(tag.name) ? undefined : SUPPORTED_TAGS[tag.name]
    checkWxAttributes(file, tag, diagnostics)
    if (SYNTAX_TAGS.includes(tag.name)) continue
    if (builtin === undefined && !ownComponents.has(tag.name)) {
      diagnostics.error(file, `<${tag.name}> is not supported by the simulator, and not in usingComponents`, tag.line, tag.column)
      continue
    }
    for (const attribute of tag.attributes) {
      const event = EVENT_ATTRIBUTE.exec(attribute.name)?.[1]
      if (event === undefined) {
        if (builtin !== undefined) checkAttribute(file, tag, attribute, builtin, diagnostics)
        continue
      }
      if (builtin !== undefined) checkEvent(file, tag, attribute, event, builtin, diagnostics)
      const { value, line, column } = attribute
      if (value !== undefined && value !== '' && !isDynamic(value)) handlers.push({ name: value, file, line, column })
    }
  }
  return handlers
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/** glass-easel's compiler knows "??", WeChat's does not. */
function checkExpressions(file: string, source: string, diagnostics: DiagnosticList): void {
  const bare = source.replace(/<!--[\s\S]*?-->|<wxs\b[\s\S]*?<\/wxs>/g, blank)
  for (const { index, 0: expression } of bare.matchAll(/\{\{[\s\S]*?\}\}/g)) {
    const inside = expression.replace(/'[^']*'|"[^"]*"/g, blank).indexOf('??')
    if (inside < 0) continue
    const { line, column } = positionAt(source, index + inside)
    diagnostics.error(file, EXPRESSION_REFUSED, line, column)
  }
}

function checkWxAttributes(file: string, tag: ScannedTag, diagnostics: DiagnosticList): void {
  for (const { name, line, column } of tag.attributes) {
    if (name.startsWith('wx:') && !WX_ATTRIBUTES.includes(name)) diagnostics.error(file, `"${name}" is not an attribute of WXML`, line, column)
  }
}

function checkAttribute(file: string, tag: ScannedTag, attribute: ScannedAttribute, builtin: SupportedTag, diagnostics: DiagnosticList): void {
  const { value, line, column } = attribute
  const name = attribute.name.replace(/^model:/, '')
  if (COMMON_ATTRIBUTE.test(name)) return
  if (builtin.refused?.includes(name)) {
    diagnostics.error(file, `"${name}" of <${tag.name}> is not supported by the simulator`, line, column)
    return
  }
  if (!builtin.attributes.includes(name) && !builtin.inert?.includes(name)) {
    diagnostics.warning(file, `"${name}" is not an attribute of <${tag.name}> that the simulator knows: it has no effect`, line, column)
    return
  }
  for (const rule of VALUES[tag.name] ?? []) {
    if (rule.attribute !== name || value === undefined || value === '' || isDynamic(value)) continue
    const unknown = (rule.several === true ? value.split('|') : [value]).filter((one) => !rule.allowed.includes(one))
    if (unknown.length > 0) diagnostics.error(file, `${name}="${value}" of <${tag.name}> is not supported by the simulator (${rule.allowed.join(', ')})`, line, column)
  }
}

function checkEvent(file: string, tag: ScannedTag, { line, column }: ScannedAttribute, event: string, builtin: SupportedTag, diagnostics: DiagnosticList): void {
  if (COMMON_EVENTS.includes(event) || builtin.events?.includes(event)) return
  if (BROWSER_ONLY_EVENTS.includes(event)) {
    diagnostics.error(file, `"${event}" does not exist in WeChat${event === 'click' ? ': use bindtap' : ''}`, line, column)
    return
  }
  // Not an error: the event of a component may bubble through a built-in tag.
  if (builtin.refused?.includes(event)) diagnostics.error(file, `event "${event}" of <${tag.name}> is not supported by the simulator`, line, column)
}
