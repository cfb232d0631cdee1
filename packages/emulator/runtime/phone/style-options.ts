import type { AppBundle } from '../app-bundle.js'
import type { CodeSpace } from './glass-easel.js'
import type { PhoneConsole } from './host.js'

/** The adapter reads style isolation from a component's JSON alone; a program may say it in Component({ options }) too. Before registration. */
export function adoptStyleOptions(path: string, options: unknown, { comps }: AppBundle, space: CodeSpace, console: PhoneConsole): void {
  const { styleIsolation, addGlobalClass } = (options ?? {}) as { styleIsolation?: string, addGlobalClass?: boolean }
  const entry = comps[path]
  const wanted = styleIsolation ?? (addGlobalClass === true ? 'apply-shared' : undefined)
  if (entry === undefined || wanted === undefined || wanted === (entry.json.styleIsolation ?? 'isolated')) return
  // A sheet is compiled before any script runs: its classes stay the component's own.
  const adopted = !entry.page && wanted !== 'isolated' && entry.json.styleIsolation === undefined && entry.scope !== undefined
  if (adopted) space.addComponentStaticConfig(path, { ...entry.json, styleIsolation: 'apply-shared' } as never)
  if (!adopted || wanted !== 'apply-shared') console.warn(`${path}: the simulator takes styleIsolation "${wanted}" from ${path}.json only`)
}
