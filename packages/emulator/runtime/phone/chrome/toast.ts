import { make } from './element.js'

export interface ToastOptions {
  readonly title: string
  readonly icon: string
  readonly image?: string
  readonly mask: boolean
  /** Absent: until hidden (showLoading). */
  readonly duration?: number
}

export interface Toasts {
  show(options: ToastOptions): void
  hide(): void
}

/** One at a time, as in WeChat: a toast takes the place of a loading and the other way round. */
export function createToasts(overlay: HTMLElement): Toasts {
  let shown: HTMLElement | undefined
  let timer: number | undefined
  const hide = (): void => {
    window.clearTimeout(timer)
    shown?.remove()
    shown = undefined
  }
  const show = ({ title, icon, image, mask, duration }: ToastOptions): void => {
    hide()
    const picture = image === undefined ? make('i', 'phone-toast-icon') : Object.assign(document.createElement('img'), { className: 'phone-toast-image', src: image, alt: '' })
    const box = make('div', 'phone-toast', picture, make('span', 'phone-toast-text', title))
    box.dataset.icon = image === undefined ? icon : 'image'
    box.setAttribute('role', 'status')
    shown = make('div', mask ? 'phone-mask' : 'phone-nomask', box)
    overlay.append(shown)
    if (duration !== undefined) timer = window.setTimeout(hide, duration)
  }
  return { show, hide }
}
