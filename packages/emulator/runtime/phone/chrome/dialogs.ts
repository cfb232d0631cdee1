import { make, makeButton } from './element.js'

export interface ModalOptions {
  readonly title: string
  readonly content: string
  readonly showCancel: boolean
  readonly cancelText: string
  readonly confirmText: string
  readonly editable: boolean
  readonly placeholderText: string
}

export type ModalAnswer = (confirmed: boolean, content: string) => void

/** `answer` runs inside the click, for a modal's confirm counts as a tap. */
export function drawModal(overlay: HTMLElement, options: ModalOptions, answer: ModalAnswer): void {
  const input = document.createElement('textarea')
  input.className = 'phone-modal-input'
  input.placeholder = options.placeholderText
  input.value = options.editable ? options.content : ''
  const body = options.editable ? input : make('p', 'phone-modal-content', options.content)
  const close = (confirmed: boolean) => (): void => {
    mask.remove()
    answer(confirmed, input.value)
  }
  const buttons = make('div', 'phone-modal-buttons', makeButton('phone-modal-confirm', options.confirmText, close(true)))
  if (options.showCancel) buttons.prepend(makeButton('phone-modal-cancel', options.cancelText, close(false)))
  const box = make('div', 'phone-modal', make('h2', 'phone-modal-title', options.title), body, buttons)
  box.setAttribute('role', 'dialog')
  box.setAttribute('aria-modal', 'true')
  const mask = make('div', 'phone-mask phone-dim', box)
  overlay.append(mask)
  ;(buttons.lastElementChild as HTMLElement).focus()
}

/** undefined: cancelled. */
export function drawActionSheet(overlay: HTMLElement, items: readonly string[], title: string, answer: (index: number | undefined) => void): void {
  const close = (index: number | undefined) => (): void => {
    mask.remove()
    answer(index)
  }
  const sheet = make('div', 'phone-sheet',
    ...(title === '' ? [] : [make('p', 'phone-sheet-title', title)]),
    ...items.map((item, index) => makeButton('phone-sheet-item', item, close(index))),
    makeButton('phone-sheet-item phone-sheet-cancel', '取消', close(undefined)))
  sheet.setAttribute('role', 'dialog')
  const mask = make('div', 'phone-mask phone-dim phone-bottom', sheet)
  overlay.append(mask)
}

/** A picker's controls between 取消 and 确定. */
export function drawPicker(overlay: HTMLElement, controls: HTMLElement): Promise<boolean> {
  return new Promise((resolve) => {
    const close = (confirmed: boolean) => (): void => {
      mask.remove()
      resolve(confirmed)
    }
    controls.className = 'phone-picker-controls'
    const buttons = make('div', 'phone-picker-buttons', makeButton('phone-picker-cancel', '取消', close(false)), makeButton('phone-picker-confirm', '确定', close(true)))
    const mask = make('div', 'phone-mask phone-dim phone-bottom', make('div', 'phone-sheet', buttons, controls))
    overlay.append(mask)
  })
}

/** The bar above the keyboard that offers the person's nickname. Returns how to take it away. */
export function drawNicknameBar(overlay: HTMLElement, nickname: string, fill: () => void): () => void {
  const button = makeButton('phone-nickname-fill', nickname, () => undefined)
  // mousedown: a click would come after the blur that takes the bar away.
  button.addEventListener('mousedown', (event) => {
    event.preventDefault()
    fill()
    bar.remove()
  })
  const bar = make('div', 'phone-nickname', make('span', '', '使用微信昵称'), button)
  overlay.append(bar)
  return () => { bar.remove() }
}
