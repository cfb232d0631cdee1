import type { Tag, TagDefinition } from '../define-tag.js'

interface PickerControls {
  readonly element: HTMLElement
  readonly value: () => unknown
}

const list = (value: unknown): unknown[] => Array.isArray(value) ? value as unknown[] : []

function columnOf(items: unknown[], key: string, chosen: number): HTMLSelectElement {
  const select = document.createElement('select')
  select.size = Math.min(Math.max(items.length, 2), 6)
  for (const item of items) {
    const label = key !== '' && typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[key] : item
    select.add(new Option(String(label)))
  }
  select.selectedIndex = chosen
  return select
}

function createControls(tag: Tag): PickerControls {
  const element = document.createElement('div')
  const mode = tag.text('mode')
  const value = tag.any('value')
  if (mode === 'date' || mode === 'time') {
    const input = element.appendChild(document.createElement('input'))
    input.type = mode
    input.min = tag.text('start')
    input.max = tag.text('end')
    input.value = typeof value === 'string' ? value : ''
    return { element, value: () => input.value }
  }
  const several = mode === 'multiSelector'
  const columns = several ? list(tag.any('range')).map(list) : [list(tag.any('range'))]
  const chosen = several ? list(value) : [value]
  const selects = columns.map((items, index) => element.appendChild(columnOf(items, tag.text('rangeKey'), Number(chosen[index] ?? 0))))
  const indexes = (): number[] => selects.map((select) => Math.max(0, select.selectedIndex))
  return { element, value: () => several ? indexes() : indexes()[0] ?? 0 }
}

export const PICKER: TagDefinition = {
  name: 'picker',
  properties: {
    mode: { type: 'string', value: 'selector' }, range: 'any', rangeKey: 'string', value: 'any',
    disabled: 'boolean', name: 'string', start: 'string', end: 'string',
  },
  setup: (tag, hooks) => {
    let initial: unknown
    const open = async (): Promise<void> => {
      if (tag.flag('disabled')) return
      const controls = createControls(tag)
      if (!await hooks.pick(controls.element)) return void tag.trigger('cancel')
      tag.set({ value: controls.value() })
      // WeChat gives a selector's index as a string.
      const value = controls.value()
      tag.trigger('change', { value: typeof value === 'number' ? String(value) : value })
    }
    tag.onTap(() => { void open() })
    return {
      attached: () => { initial ??= tag.any('value') },
      field: { name: () => tag.text('name'), value: () => tag.any('value'), reset: () => { tag.set({ value: initial }) }, activate: () => { void open() } },
    }
  },
}
