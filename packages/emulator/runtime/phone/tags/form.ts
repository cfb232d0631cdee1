import type { ElementNode } from '../glass-easel.js'
import type { Field, Tag, TagDefinition } from '../define-tag.js'
import { fieldOf } from '../define-tag.js'
import { formFieldNodes } from '../modules.js'

export interface Form {
  submit(): void
  reset(): void
}

const forms = new WeakMap<ElementNode, Form>()

export const FORM: TagDefinition = {
  name: 'form',
  setup: (tag) => {
    forms.set(tag.node, {
      submit: () => {
        const value: Record<string, unknown> = {}
        for (const field of fieldsIn(tag.node)) if (field.name() !== '') value[field.name()] = field.value()
        tag.trigger('submit', { value, formId: '' })
      },
      reset: () => {
        for (const field of fieldsIn(tag.node)) field.reset()
        tag.trigger('reset')
      },
    })
  },
}

export function formOf(tag: Tag): Form | undefined {
  const form = tag.ancestor('form')
  return form === undefined ? undefined : forms.get(form)
}

/** Fields of the form's own template, as in WeChat: a component takes part by wx://form-field. */
function fieldsIn(node: ElementNode): Field[] {
  return (node.childNodes ?? []).flatMap((child) => [...fieldOfComponent(child), ...fieldsIn(child)])
}

function fieldOfComponent(node: ElementNode): Field[] {
  const field = fieldOf(node)
  if (field !== undefined) return [field]
  if (!formFieldNodes.has(node)) return []
  return [{ name: () => String(node.data.name), value: () => node.data.value, reset: () => { node.setData({ value: '' }) } }]
}

/** The first field under a node: what a label without `for` stands for. */
export const firstField = (node: ElementNode): Field | undefined => {
  for (const child of node.childNodes ?? []) {
    const field = fieldOf(child) ?? firstField(child)
    if (field?.activate !== undefined) return field
  }
  return undefined
}
