import type { Tag, TagDefinition, TagHooks, TagParts, TagProperties } from '../define-tag.js'

const PROPERTIES: TagProperties = {
  value: { type: 'any', value: '' }, placeholder: 'string', disabled: 'boolean', maxlength: { type: 'number', value: 140 }, focus: 'boolean', name: 'string',
}

const asText = (value: unknown): string => value === null || value === undefined ? '' : `${value as string | number}`

/** What <input> and <textarea> share. The real control lives inside <wx-input>. */
function keyboardField(tag: Tag, control: HTMLInputElement | HTMLTextAreaElement, hooks: TagHooks): TagParts {
  let initial: string | undefined
  const isNickname = (): boolean => tag.any('type') === 'nickname'
  const take = (value: string): void => {
    control.value = value
    tag.set({ value })
    tag.trigger('input', { value, cursor: control.selectionStart ?? value.length, keyCode: 0 })
  }
  let closeNickname: (() => void) | undefined
  control.addEventListener('input', () => { take(control.value) })
  control.addEventListener('focus', () => {
    tag.trigger('focus', { value: control.value, height: 0 })
    if (isNickname()) closeNickname = hooks.nickname(take)
  })
  control.addEventListener('blur', () => {
    closeNickname?.()
    tag.trigger('blur', { value: control.value, cursor: control.selectionStart ?? 0 })
    if (isNickname()) void reviewNickname(tag, control.value, hooks, take)
  })
  tag.element.appendChild(control)
  return {
    attached: () => { initial ??= asText(tag.any('value')) },
    changed: {
      value: (value: unknown) => { if (control.value !== asText(value)) control.value = asText(value) },
      placeholder: (text: string) => { control.placeholder = text },
      disabled: (disabled: boolean) => { control.disabled = disabled },
      maxlength: (length: number) => { if (length >= 0) control.maxLength = length; else control.removeAttribute('maxlength') },
      focus: (focus: boolean) => { if (focus) queueMicrotask(() => { control.focus() }) },
    },
    field: {
      name: () => tag.text('name'), value: () => control.value, activate: () => { control.focus() },
      reset: () => { tag.set({ value: initial ?? '' }); control.value = initial ?? '' },
    },
  }
}

/** WeChat checks a nickname on blur and clears a failing one; blur and confirm fire all the same. */
async function reviewNickname(tag: Tag, value: string, hooks: TagHooks, take: (value: string) => void): Promise<void> {
  if (value === '') return
  const review = await hooks.reviewNickname(value)
  if (!review.pass) take('')
  tag.trigger('nicknamereview', review)
}

const MODES: Readonly<Record<string, string>> = { number: 'numeric', digit: 'decimal', idcard: 'text' }

export const INPUT: TagDefinition = {
  name: 'input',
  properties: { ...PROPERTIES, type: { type: 'string', value: 'text' }, password: 'boolean' },
  shown: ['type', 'disabled'],
  setup: (tag, hooks) => {
    const control = document.createElement('input')
    const kind = (): void => {
      control.type = tag.flag('password') || tag.text('type') === 'safe-password' ? 'password' : 'text'
      control.inputMode = MODES[tag.text('type')] ?? 'text'
    }
    const parts = keyboardField(tag, control, hooks)
    control.addEventListener('keydown', (event) => { if (event.key === 'Enter') tag.trigger('confirm', { value: control.value }) })
    return { ...parts, changed: { ...parts.changed, type: kind, password: kind } }
  },
}

export const TEXTAREA: TagDefinition = {
  name: 'textarea',
  properties: { ...PROPERTIES, autoHeight: 'boolean' },
  shown: ['disabled', 'autoHeight'],
  setup: (tag, hooks) => keyboardField(tag, document.createElement('textarea'), hooks),
}
