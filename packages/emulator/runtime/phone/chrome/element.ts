import { PHONE_STYLE } from '../style.js'

/** An element with its class, text and children: the phone's own drawing is plain DOM. */
export function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag)
  element.className = className
  element.append(...children)
  return element
}

export function makeButton(className: string, label: string, onClick: () => void): HTMLElement {
  const button = make('button', className, label)
  button.setAttribute('type', 'button')
  button.addEventListener('click', onClick)
  return button
}

export function addStyle(): void {
  if (document.getElementById('phone-style') !== null) return
  const style = Object.assign(document.createElement('style'), { id: 'phone-style', textContent: PHONE_STYLE })
  // Before the program's sheets, which must win.
  document.head.prepend(style)
}
