import { OPEN_TYPE_EVENTS } from '../../supported-tags.js'
import type { Tag, TagDefinition, TagHooks } from '../define-tag.js'

import { formOf } from './form.js'
import { pressLook } from './press-look.js'

export const BUTTON: TagDefinition = {
  name: 'button',
  properties: {
    type: { type: 'string', value: 'default' }, size: { type: 'string', value: 'default' }, plain: 'boolean', disabled: 'boolean',
    loading: 'boolean', formType: 'string', openType: 'string', lang: 'string', hoverClass: { type: 'string', value: 'button-hover' },
  },
  shown: ['type', 'size', 'plain', 'disabled', 'loading', 'openType', 'formType'],
  setup: (tag, hooks) => {
    tag.element.setAttribute('role', 'button')
    tag.element.tabIndex = 0
    tag.element.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') tapByKey(tag.element) })
    pressLook(tag)
    // The page's own bindtap stands on this same node: only the capture phase comes before it (gotcha 29).
    tag.node.addListener('tap', () => !tag.flag('disabled'), { capture: true })
    tag.onTap(() => {
      if (tag.flag('disabled')) return
      const form = tag.text('formType') === '' ? undefined : formOf(tag)
      if (tag.text('formType') === 'submit') form?.submit()
      if (tag.text('formType') === 'reset') form?.reset()
      void openTypes(tag, hooks)
    })
    return {
      changed: { disabled: (disabled: boolean) => { tag.element.setAttribute('aria-disabled', String(disabled)) } },
      field: { name: () => '', value: () => undefined, reset: () => undefined, activate: () => { tag.trigger('tap', {}, { bubbles: true, composed: true }) } },
    }
  },
}

/** `getPhoneNumber|agreePrivacyAuthorization`: the agreement comes first, for the other one needs it. */
async function openTypes(tag: Tag, hooks: TagHooks): Promise<void> {
  const names = tag.text('openType').split('|').filter((name) => OPEN_TYPE_EVENTS[name] !== undefined)
  names.sort((one, other) => Number(other === 'agreePrivacyAuthorization') - Number(one === 'agreePrivacyAuthorization'))
  for (const name of names) {
    const lang = tag.text('lang')
    const detail = await hooks.openType(name, { id: tag.node.id, ...(lang === '' ? {} : { lang }) })
    if (detail !== undefined) tag.trigger(OPEN_TYPE_EVENTS[name] ?? name, detail)
  }
}

/** A key press is the tap of somebody who uses no pointer: it takes the same way, gesture included. */
function tapByKey(element: HTMLElement): void {
  const box = element.getBoundingClientRect()
  const place = { bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }
  for (const type of ['mousedown', 'mouseup']) element.dispatchEvent(new MouseEvent(type, place))
}
