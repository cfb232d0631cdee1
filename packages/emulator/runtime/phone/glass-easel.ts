// The one module that knows glass-easel: pinned, with small structural types for what it leaves untyped.
import * as glassEasel from 'glass-easel'
import * as adapter from 'glass-easel-miniprogram-adapter'

export { adapter, glassEasel }

export type CodeSpace = adapter.CodeSpace
export type AssociatedBackend = adapter.AssociatedBackend

export interface LiveEvent {
  readonly type: string
  readonly timeStamp: number
  readonly detail: unknown
  readonly mark: Record<string, unknown> | null
  readonly target: unknown
  readonly currentTarget: unknown
  readonly touches?: unknown
  readonly changedTouches?: unknown
  getOriginalEvent(): unknown
}

/** A node of glass-easel's tree. */
export interface ElementNode {
  readonly id: string
  readonly is?: string
  readonly dataset?: Record<string, unknown> | null
  readonly $$: HTMLElement | null
  readonly parentNode: ElementNode | null
  readonly childNodes?: ElementNode[]
  readonly ownerShadowRoot?: { querySelector(selector: string): ElementNode | null } | null
  readonly data: Record<string, unknown>
  setData(data: Record<string, unknown>): void
  triggerEvent(type: string, detail: unknown, options: { bubbles?: boolean, composed?: boolean }): void
  addListener(type: string, listener: (event: LiveEvent) => boolean | void, options?: { capture?: boolean }): void
  getBackendElement(): HTMLElement
  setNodeStyle(style: string, segment: number): void
}

/** A component as its own code sees it (`this`). */
export interface Instance {
  readonly is: string
  readonly data: Record<string, unknown>
  setData(data: Record<string, unknown>, callback?: () => void): void
  createSelectorQuery(): unknown
  [member: string]: unknown
}

interface ComponentHandle {
  readonly $$: HTMLElement
  triggerLifetime(name: string, values: unknown[]): void
  triggerPageLifetime(name: string, values: unknown[]): void
}

export interface PageRoot {
  readonly instance: Instance
  readonly component: ComponentHandle
  attach(parent: HTMLElement, placeholder: HTMLElement): void
  release(): void
}

/** The component of an instance. */
export const componentOf = (instance: unknown): ComponentHandle => ((instance as { _$?: unknown })._$ ?? instance) as ComponentHandle

export function createPageRoot(backend: AssociatedBackend, space: CodeSpace, url: string): PageRoot {
  const root = backend.createRoot('page', space, url)
  return {
    instance: root.get() as unknown as Instance,
    component: root.getComponent() as unknown as ComponentHandle,
    attach: (parent, placeholder) => {
      root.attach(parent as unknown as glassEasel.GeneralBackendElement, placeholder as unknown as glassEasel.GeneralBackendElement)
    },
    release: () => { root.release() },
  }
}

export const isLiveEvent = (value: unknown): value is LiveEvent => value instanceof glassEasel.Event

export const deepCopy = <T>(value: T): T => glassEasel.dataUtils.deepCopy(value, true)

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
