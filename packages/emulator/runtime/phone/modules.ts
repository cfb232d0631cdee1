import type { AppBundle } from '../app-bundle.js'
import { MODULE_GLOBALS } from '../app-bundle.js'
import type { CodeSpace } from './glass-easel.js'
import { glassEasel } from './glass-easel.js'
import type { ErrorReporter } from './errors.js'
import type { PhoneConsole } from './host.js'
import type { Methods } from './events.js'
import { wrapMethods } from './events.js'
import { createProgramGlobal } from './program-global.js'
import { adoptStyleOptions } from './style-options.js'

type Definition = Record<string, unknown>
type Register = (definition?: Definition) => unknown

export interface ProgramGlobals {
  readonly wx: unknown
  readonly console: PhoneConsole
  App(definition: Definition): void
  getApp(): unknown
  getCurrentPages(): unknown
}

interface LoadedModule {
  exports: unknown
}

export interface ModuleLoader {
  load(file: string): unknown
}

export function createModuleLoader(bundle: AppBundle, space: CodeSpace, errors: ErrorReporter, globals: ProgramGlobals): ModuleLoader {
  const loaded = new Map<string, LoadedModule>()
  const { page, component } = createRegistrations(space, errors)
  const programGlobal = createProgramGlobal(globals)
  const run = (file: string): unknown => {
    const module: LoadedModule = { exports: {} }
    loaded.set(file, module)
    const script = bundle.js[file]
    if (script === undefined) {
      module.exports = bundle.json[file]
      return module.exports
    }
    const require = (specifier: string): unknown => {
      const target = script.requires[specifier]
      if (target === undefined) throw new Error(`module '${specifier}' is not defined, require args is '${specifier}'`)
      return load(target)
    }
    const asynchronous = (specifier: string): Promise<unknown> => Promise.resolve().then(() => require(specifier))
    const path = file.replace(/\.[jt]s$/, '')
    space.componentEnv(path, (env) => {
      const behavior = Object.assign(component(env.Behavior as unknown as Register), { trait: (env.Behavior as unknown as { trait: unknown }).trait })
      const values: Record<string, unknown> = {
        ...globals, globalThis: programGlobal, module, exports: module.exports, Behavior: behavior,
        require: Object.assign(require, { async: asynchronous }),
        Page: page(env.Page as unknown as Register),
        Component: component((definition) => {
          adoptStyleOptions(path, definition?.options, bundle, space, globals.console)
          return (env.Component as unknown as Register)(definition)
        }),
        requirePlugin: () => { throw new Error('requirePlugin: plugins are not supported by the simulator') },
      }
      script.run(...MODULE_GLOBALS.map((name) => values[name]))
    })
    return module.exports
  }
  const load = (file: string): unknown => {
    const known = loaded.get(file)
    return known === undefined ? run(file) : known.exports
  }
  return { load }
}

/** Page() and Component() as a program calls them, over the adapter's. */
function createRegistrations(space: CodeSpace, errors: ErrorReporter): Record<'page' | 'component', (register: Register) => Register> {
  const translate = createBehaviorTranslator(space)
  const wrap = (methods: unknown): Methods => wrapMethods((methods ?? {}) as Methods, errors.report)
  const wrapLifetimes = (lifetimes: unknown): Methods => wrapMethods((lifetimes ?? {}) as Methods, errors.report, 'lifetimes')
  const wrapDefinition = (definition: Definition): Definition => ({
    // The older spelling has the lifetimes beside data and methods.
    ...wrapLifetimes(definition),
    methods: wrap(definition.methods), lifetimes: wrapLifetimes(definition.lifetimes), pageLifetimes: wrapLifetimes(definition.pageLifetimes),
  })
  return {
    page: (register) => (definition = {}) => register(wrap(translate(definition))),
    component: (register) => (definition) => definition === undefined ? register() : register(wrapDefinition(translate(definition))),
  }
}

/** Name of the behavior that marks a component as a field of <form>. */
export const FORM_FIELD = 'wx://form-field'
const KNOWN_BEHAVIORS = [FORM_FIELD, 'wx://form-field-group', 'wx://form-field-button', 'wx://component-export']
export const formFieldNodes: WeakSet<object> = new WeakSet()

/** The adapter throws on built-in behaviors named by a string (gotcha 21). */
function createBehaviorTranslator(space: CodeSpace): (definition: Definition) => Definition {
  const formField = space.behavior()
    .property('name', { type: String, value: '' })
    .property('value', { type: null, value: '' } as never)
    .init(function () { formFieldNodes.add((this as unknown as { _$: object })._$) })
    .register()
  return (definition) => {
    if (!Array.isArray(definition.behaviors)) return definition
    const behaviors: unknown[] = []
    for (const behavior of definition.behaviors as unknown[]) {
      if (typeof behavior !== 'string') behaviors.push(behavior)
      else if (behavior === FORM_FIELD) behaviors.push(formField)
      else if (!KNOWN_BEHAVIORS.includes(behavior)) glassEasel.dispatchError(new Error(`behavior "${behavior}" is not supported by the simulator`), 'Component()')
    }
    return { ...definition, behaviors }
  }
}
