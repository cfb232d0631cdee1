import { cameFrom } from '../backend.js'
import type { TagDefinition } from '../define-tag.js'
import { fieldOf } from '../define-tag.js'
import type { ElementNode } from '../glass-easel.js'
import { firstField } from './form.js'

export const LABEL: TagDefinition = {
  name: 'label',
  properties: { for: 'string' },
  setup: (tag) => {
    tag.onTap((event) => {
      const id = tag.text('for')
      const named = id === '' ? undefined : tag.node.ownerShadowRoot?.querySelector(`#${id}`) ?? undefined
      const field = named === undefined ? firstField(tag.node) : fieldOf(named)
      // A tap on the field itself has done its work already.
      if (!tapOnField(event, tag.node)) field?.activate?.()
    })
  },
}

const tapOnField = (event: { getOriginalEvent(): unknown }, node: ElementNode): boolean =>
  (node.childNodes ?? []).some((child) => fieldOf(child)?.activate === undefined ? tapOnField(event, child) : cameFrom(event, child))
