import type { AppBundle } from '../app-bundle.js'
import type { PhoneEvents } from './backend.js'
import { createBackend } from './backend.js'
import { defineBuiltinTags } from './builtin-tags.js'
import type { TagHooks } from './define-tag.js'
import type { AssociatedBackend, CodeSpace, Instance } from './glass-easel.js'
import { adapter, componentOf, deepCopy, glassEasel } from './glass-easel.js'
import type { PhoneHost } from './host.js'

export interface Environment {
  readonly space: CodeSpace
  readonly backend: AssociatedBackend
  readonly longPress: PhoneEvents['longPress']
}

/** One per document (gotchas 14, 30). The order is glass-easel's: built-ins and the overall behavior before any registration (25). */
export function createEnvironment(bundle: AppBundle, host: PhoneHost, hooks: TagHooks): Environment {
  const env = new adapter.MiniProgramEnv()
  const space = env.createCodeSpace('app', true)
  const components = space.getComponentSpace()
  const copy = glassEasel.DeepCopyKind.SimpleWithRecursion
  components.updateComponentOptions({ writeIdToDOM: true, dataDeepCopy: copy, propertyPassingDeepCopy: copy })
  defineBuiltinTags(components, hooks)
  addProgram(space, bundle)
  const overall = components.defineBehavior({ lifetimes: overallLifetimes(bundle, host) })
  space.setOverallBehavior(overall)

  const { backend, longPress } = createBackend(host.gesture)
  const associated = env.associateBackend(backend)
  for (const [path, css] of Object.entries(bundle.wxss)) associated.registerStyleSheetContent(path, css)
  return { space, backend: associated, longPress }
}

function addProgram(space: CodeSpace, bundle: AppBundle): void {
  space.addStyleSheet('app', 'app')
  for (const [path, { json, scope }] of Object.entries(bundle.comps)) {
    space.addComponentStaticConfig(path, json as never)
    space.addCompiledTemplate(path, { groupList: bundle.templates, content: bundle.templates[path], fallbackListenerOnNativeNode: true } as never)
    if (bundle.wxss[path] !== undefined) space.addStyleSheet(path, path, scope)
  }
}

function overallLifetimes(bundle: AppBundle, host: PhoneHost): Record<string, (this: Instance) => void> {
  const checked = new Set<string>()
  return {
    created() {
      // WeChat's setData copies; glass-easel keeps the caller's object (gotcha 7).
      const setData = this.setData.bind(this)
      this.setData = (data, callback) => {
        for (const [key, value] of Object.entries(data)) {
          if (value === undefined) host.console.warn(`Setting data field "${key}" to undefined is invalid.`)
        }
        setData(deepCopy(data), callback)
      }
    },
    attached() {
      if (!checked.has(this.is)) {
        checked.add(this.is)
        warnMissingHandlers(bundle, this, host)
      }
      // Nothing else ever triggers `ready` (gotcha 4).
      queueMicrotask(() => { componentOf(this).triggerLifetime('ready', []) })
    },
  }
}

/** A handler that the script lacks is silence in glass-easel (gotcha 11). */
function warnMissingHandlers(bundle: AppBundle, instance: Instance, host: PhoneHost): void {
  for (const { name, file, line, column } of bundle.comps[instance.is]?.handlers ?? []) {
    if (typeof instance[name] !== 'function') {
      host.console.warn(`Component "${instance.is}" does not have a method "${name}" to handle the event bound at ${file}:${line}:${column}.`)
    }
  }
}
