import type { TagDefinition } from '../define-tag.js'

export const SLIDER: TagDefinition = {
  name: 'slider',
  properties: {
    value: 'number', min: 'number', max: { type: 'number', value: 100 }, step: { type: 'number', value: 1 },
    disabled: 'boolean', name: 'string', showValue: 'boolean',
  },
  setup: (tag) => {
    const input = tag.element.appendChild(document.createElement('input'))
    const shown = tag.element.appendChild(document.createElement('span'))
    input.type = 'range'
    let initial: number | undefined
    const draw = (): void => {
      for (const name of ['min', 'max', 'step'] as const) input[name] = String(tag.number(name))
      input.value = String(tag.number('value'))
      input.disabled = tag.flag('disabled')
      shown.textContent = tag.flag('showValue') ? String(tag.number('value')) : ''
    }
    const moved = (type: string) => (): void => {
      tag.set({ value: Number(input.value) })
      tag.trigger(type, { value: tag.number('value') })
    }
    input.addEventListener('input', moved('changing'))
    input.addEventListener('change', moved('change'))
    return {
      attached: () => { initial ??= tag.number('value') },
      changed: { value: draw, min: draw, max: draw, step: draw, disabled: draw, showValue: draw },
      field: { name: () => tag.text('name'), value: () => tag.number('value'), reset: () => { tag.set({ value: initial ?? 0 }) } },
    }
  },
}
