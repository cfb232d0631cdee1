import type { Tag } from '../define-tag.js'

/** hover-class: the class while a finger is down. */
export function pressLook(tag: Tag): void {
  let shown: string[] = []
  const press = (): void => {
    const classes = tag.text('hoverClass')
    if (classes === '' || classes === 'none' || tag.any('disabled') === true) return
    shown = classes.split(/\s+/).filter((name) => name !== '')
    tag.element.classList.add(...shown)
  }
  const lift = (): void => { tag.element.classList.remove(...shown) }
  for (const type of ['mousedown', 'touchstart']) tag.element.addEventListener(type, press, { passive: true })
  for (const type of ['mouseup', 'mouseleave', 'touchend', 'touchcancel']) tag.element.addEventListener(type, lift)
}
