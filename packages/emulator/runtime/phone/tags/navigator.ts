import type { TagDefinition } from '../define-tag.js'
import { pressLook } from './press-look.js'

export const NAVIGATOR: TagDefinition = {
  name: 'navigator',
  properties: {
    url: 'string', openType: { type: 'string', value: 'navigate' }, delta: { type: 'number', value: 1 },
    hoverClass: { type: 'string', value: 'navigator-hover' },
  },
  setup: (tag, hooks) => {
    pressLook(tag)
    tag.onTap(() => { hooks.navigate(tag.text('openType'), tag.text('url'), tag.number('delta')) })
  },
}
