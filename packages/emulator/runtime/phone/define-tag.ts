import type { ElementNode, LiveEvent } from './glass-easel.js'
import { glassEasel } from './glass-easel.js'
import type { NicknameReview, OpenTypeButton, WebPage } from './host.js'

/** What built-in tags need from the phone around them. */
export interface TagHooks {
  openType(name: string, button: OpenTypeButton): Promise<unknown>
  navigate(openType: string, url: string, delta: number): void
  resolveAsset(source: string): string
  nickname(fill: (value: string) => void): () => void
  reviewNickname(value: string): Promise<NicknameReview>
  /** Draws a picker's sheet; resolves to the chosen value, undefined when cancelled. */
  pick(controls: HTMLElement): Promise<boolean>
  /** Undefined: there is no browser that could open it. */
  openWebPage(source: string): Promise<WebPage> | undefined
  /** Calls a function of wx for the web page in a <web-view>; both answers are results. */
  callForWebPage(api: string, options: Record<string, unknown>): Promise<{ errMsg: string }>
}

type PropertyType = 'string' | 'number' | 'boolean' | 'any'
type PropertyValue = string | number | boolean | null
export type TagProperties = Record<string, PropertyType | { type: PropertyType, value: PropertyValue }>

/** A field of <form>. */
export interface Field {
  /** Empty: the field is not submitted. */
  name(): string
  value(): unknown
  reset(): void
  /** A tap on its label. */
  activate?(): void
}

/** One built-in element, as its setup function sees it. */
export interface Tag {
  readonly node: ElementNode
  readonly element: HTMLElement
  text(property: string): string
  number(property: string): number
  flag(property: string): boolean
  any(property: string): unknown
  /** Also what makes model:value work. */
  set(data: Record<string, unknown>): void
  trigger(type: string, detail?: unknown, options?: { bubbles?: boolean, composed?: boolean }): void
  onTap(listener: (event: LiveEvent) => void): void
  /** Nearest built-in ancestor of that name. */
  ancestor(name: string): ElementNode | undefined
}

export interface TagParts {
  /** Called with every value that a property takes, the first included. */
  changed?: Record<string, (value: never) => void>
  field?: Field
  attached?(): void
  detached?(): void
}

export interface TagDefinition {
  readonly name: string
  readonly properties?: TagProperties
  /** Properties that the style sheet sees as DOM attributes. */
  readonly shown?: readonly string[]
  setup?(tag: Tag, hooks: TagHooks): TagParts | void
}

const TYPES = { string: String, number: Number, boolean: Boolean, any: null } as const
const HIDE = 'display:none !important'
const partsOf = new WeakMap<object, TagParts>()

export const fieldOf = (node: ElementNode): Field | undefined => partsOf.get(node)?.field
export const tagName = (node: ElementNode): string | undefined => node.is?.startsWith('wx://') ? node.is.slice('wx://'.length) : undefined

export function defineTag(space: glassEasel.ComponentSpace, definition: TagDefinition, hooks: TagHooks): void {
  const { name, properties = {}, shown = [], setup } = definition
  const declared: Record<string, unknown> = {}
  for (const [property, spec] of Object.entries<TagProperties[string]>({ hidden: 'boolean', ...properties })) {
    const { type, value } = typeof spec === 'string' ? { type: spec, value: undefined } : spec
    declared[property] = {
      type: TYPES[type], ...(value === undefined ? {} : { value }),
      observer(this: ElementNode, next: unknown) { applyProperty(this, property, next, shown) },
    }
  }
  const component = space.defineComponent({
    is: `wx://${name}`,
    properties: declared as never,
    lifetimes: {
      created(this: unknown) {
        const node = this as ElementNode
        const parts = setup?.(createTag(node), hooks)
        if (parts) partsOf.set(node, parts)
        for (const property of shown) showProperty(node, property, node.data[property])
        for (const property of Object.keys(parts?.changed ?? {})) applyProperty(node, property, node.data[property], [])
      },
      attached(this: unknown) { partsOf.get(this as ElementNode)?.attached?.() },
      detached(this: unknown) { partsOf.get(this as ElementNode)?.detached?.() },
    },
  })
  space.setGlobalUsingComponent(name, component)
}

function applyProperty(node: ElementNode, property: string, value: unknown, shown: readonly string[]): void {
  if (property === 'hidden') node.setNodeStyle(value === true ? HIDE : '', glassEasel.StyleSegmentIndex.TEMP_EXTRA)
  if (shown.includes(property)) showProperty(node, property, value)
  partsOf.get(node)?.changed?.[property]?.(value as never)
}

function showProperty(node: ElementNode, property: string, value: unknown): void {
  const attribute = property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const element = node.getBackendElement()
  if (value === false || value === '' || value === null || value === undefined) element.removeAttribute(attribute)
  else element.setAttribute(attribute, value === true ? '' : `${value as string | number}`)
}

function createTag(node: ElementNode): Tag {
  const element = node.getBackendElement()
  return {
    node,
    element,
    text: (property) => { const value = node.data[property]; return typeof value === 'string' ? value : '' },
    number: (property) => Number(node.data[property] ?? 0),
    flag: (property) => node.data[property] === true,
    any: (property) => node.data[property],
    set: (data) => { node.setData(data) },
    trigger: (type, detail = {}, options = {}) => { node.triggerEvent(type, detail, options) },
    onTap: (listener) => { node.addListener('tap', listener) },
    ancestor(name) {
      let parent = node.parentNode
      while (parent !== null && tagName(parent) !== name) parent = parent.parentNode
      return parent ?? undefined
    },
  }
}
