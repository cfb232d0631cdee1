import { make, makeButton } from '#phone-elements'

// The phone's own drawing and the sheets over it make their elements alike.
export { make, makeButton }

/** A picture that says nothing by itself. */
export function makePicture(className: string, source: string): HTMLImageElement {
  return Object.assign(document.createElement('img'), { className, src: source, alt: '' })
}

/**
 * Shows a sheet at the bottom of the phone. Escape and, when `dismissible`, a click beside it call `cancel`; focus stays inside.
 * Returns how to take it away.
 */
export function openSheet(sheet: HTMLElement, cancel: () => void, dismissible: boolean): () => void {
  const before = document.activeElement
  const mask = make('div', 'phone-mask phone-dim phone-bottom', sheet)
  sheet.setAttribute('role', 'dialog')
  sheet.setAttribute('aria-modal', 'true')
  mask.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') cancel()
    if (event.key === 'Tab') keepFocusInside(sheet, event)
  })
  if (dismissible) mask.addEventListener('click', (event) => { if (event.target === mask) cancel() })
  document.querySelector('.phone-overlay')?.append(mask)
  sheet.querySelector('button')?.focus({ preventScroll: true })
  return () => {
    mask.remove()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
}

function keepFocusInside(sheet: HTMLElement, event: KeyboardEvent): void {
  const stops = [...sheet.querySelectorAll<HTMLElement>('button, input')]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  event.preventDefault()
  stops[(at + (event.shiftKey ? stops.length - 1 : 1)) % stops.length]?.focus()
}
