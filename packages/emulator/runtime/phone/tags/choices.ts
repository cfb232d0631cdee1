import type { Tag, TagDefinition, TagParts } from '../define-tag.js'
import type { ElementNode } from '../glass-easel.js'

interface Choice {
  readonly value: () => string
  readonly checked: () => boolean
  readonly set: (checked: boolean) => void
}

const choices = new WeakMap<ElementNode, Choice>()
const groups = new WeakMap<ElementNode, () => void>()

const choicesIn = (node: ElementNode): Choice[] =>
  (node.childNodes ?? []).flatMap((child) => { const own = choices.get(child); return own === undefined ? choicesIn(child) : [own] })

const PROPERTIES = { value: 'string', checked: 'boolean', disabled: 'boolean', color: 'string' } as const

function choice(tag: Tag, role: 'checkbox' | 'radio'): TagParts {
  const groupName = `${role}-group`
  const initial = { checked: false, known: false }
  const self: Choice = { value: () => tag.text('value'), checked: () => tag.flag('checked'), set: (checked) => { tag.set({ checked }) } }
  choices.set(tag.node, self)
  tag.element.setAttribute('role', role)
  tag.element.tabIndex = 0
  const toggle = (): void => {
    if (tag.flag('disabled') || (role === 'radio' && self.checked())) return
    const group = tag.ancestor(groupName)
    if (role === 'radio' && group !== undefined) for (const other of choicesIn(group)) if (other !== self) other.set(false)
    self.set(!self.checked())
    if (group !== undefined) groups.get(group)?.()
  }
  tag.onTap(toggle)
  tag.element.addEventListener('keydown', (event) => { if (event.key === ' ') toggle() })
  return {
    attached: () => { if (!initial.known) Object.assign(initial, { checked: self.checked(), known: true }) },
    changed: {
      checked: (checked: boolean) => { tag.element.setAttribute('aria-checked', String(checked)) },
      color: (color: string) => { tag.element.style.setProperty('--choice-color', color) },
    },
    field: { name: () => '', value: () => undefined, reset: () => { self.set(initial.checked) }, activate: toggle },
  }
}

function group(tag: Tag, value: () => unknown): TagParts {
  const initial: boolean[] = []
  groups.set(tag.node, () => { tag.trigger('change', { value: value() }) })
  return {
    attached: () => { initial.push(...choicesIn(tag.node).map((one) => one.checked())) },
    field: {
      name: () => tag.text('name'),
      value,
      reset: () => { choicesIn(tag.node).forEach((one, index) => { one.set(initial[index] ?? false) }) },
    },
  }
}

const chosen = (tag: Tag): string[] => choicesIn(tag.node).filter((one) => one.checked()).map((one) => one.value())

export const CHECKBOX: TagDefinition = { name: 'checkbox', properties: PROPERTIES, shown: ['checked', 'disabled'], setup: (tag) => choice(tag, 'checkbox') }
export const RADIO: TagDefinition = { name: 'radio', properties: PROPERTIES, shown: ['checked', 'disabled'], setup: (tag) => choice(tag, 'radio') }
export const CHECKBOX_GROUP: TagDefinition = { name: 'checkbox-group', properties: { name: 'string' }, setup: (tag) => group(tag, () => chosen(tag)) }
export const RADIO_GROUP: TagDefinition = { name: 'radio-group', properties: { name: 'string' }, setup: (tag) => group(tag, () => chosen(tag)[0] ?? '') }
