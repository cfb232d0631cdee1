import type { TagDefinition } from '../define-tag.js'

export const SWITCH: TagDefinition = {
  name: 'switch',
  properties: { checked: 'boolean', disabled: 'boolean', type: { type: 'string', value: 'switch' }, color: 'string', name: 'string' },
  shown: ['checked', 'disabled', 'type'],
  setup: (tag) => {
    let initial: boolean | undefined
    tag.element.setAttribute('role', 'switch')
    tag.element.tabIndex = 0
    const toggle = (): void => {
      if (tag.flag('disabled')) return
      tag.set({ checked: !tag.flag('checked') })
      tag.trigger('change', { value: tag.flag('checked') })
    }
    tag.onTap(toggle)
    tag.element.addEventListener('keydown', (event) => { if (event.key === ' ') toggle() })
    return {
      attached: () => { initial ??= tag.flag('checked') },
      changed: {
        checked: (checked: boolean) => { tag.element.setAttribute('aria-checked', String(checked)) },
        color: (color: string) => { tag.element.style.setProperty('--choice-color', color) },
      },
      field: {
        name: () => tag.text('name'), value: () => tag.flag('checked'), activate: toggle,
        reset: () => { tag.set({ checked: initial ?? false }) },
      },
    }
  },
}
