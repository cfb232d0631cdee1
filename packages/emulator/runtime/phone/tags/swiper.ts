import type { TagDefinition } from '../define-tag.js'

const SWIPE_PX = 40

export const SWIPER_ITEM: TagDefinition = { name: 'swiper-item' }

export const SWIPER: TagDefinition = {
  name: 'swiper',
  properties: {
    current: 'number', autoplay: 'boolean', interval: { type: 'number', value: 5000 }, circular: 'boolean', vertical: 'boolean',
    indicatorDots: 'boolean', indicatorColor: 'string', indicatorActiveColor: 'string',
  },
  shown: ['vertical'],
  setup: (tag) => {
    const dots = document.createElement('div')
    dots.className = 'phone-dots'
    const items = (): HTMLElement[] => [...tag.element.children].filter((child) => child.localName === 'wx-swiper-item') as HTMLElement[]
    const draw = (): void => {
      const current = tag.number('current')
      items().forEach((item, index) => {
        item.style.transform = `translate${tag.flag('vertical') ? 'Y' : 'X'}(${(index - current) * 100}%)`
      })
      dots.replaceChildren(...(tag.flag('indicatorDots') ? items().map((_, index) => dot(index === current, tag.text(index === current ? 'indicatorActiveColor' : 'indicatorColor'))) : []))
    }
    const go = (to: number, source: 'touch' | 'autoplay'): void => {
      const count = items().length
      const current = tag.flag('circular') || source === 'autoplay' ? (to + count) % count : Math.min(Math.max(to, 0), count - 1)
      if (count === 0 || current === tag.number('current')) return
      tag.set({ current })
      tag.trigger('change', { current, currentItemId: '', source })
      tag.trigger('animationfinish', { current, currentItemId: '', source })
    }
    watchSwipe(tag.element, () => tag.flag('vertical'), (step) => { go(tag.number('current') + step, 'touch') })
    let timer: number | undefined
    const play = (): void => {
      window.clearInterval(timer)
      if (tag.flag('autoplay')) timer = window.setInterval(() => { go(tag.number('current') + 1, 'autoplay') }, tag.number('interval'))
    }
    const observer = new MutationObserver(draw)
    return {
      attached: () => {
        tag.element.appendChild(dots)
        observer.observe(tag.element, { childList: true })
        draw()
        play()
      },
      detached: () => { observer.disconnect(); window.clearInterval(timer) },
      changed: { current: draw, vertical: draw, indicatorDots: draw, indicatorColor: draw, indicatorActiveColor: draw, autoplay: play, interval: play },
    }
  },
}

function dot(active: boolean, color: string): HTMLElement {
  const element = document.createElement('i')
  element.toggleAttribute('data-active', active)
  element.style.background = color
  return element
}

function watchSwipe(element: HTMLElement, vertical: () => boolean, step: (by: 1 | -1) => void): void {
  let from: number | undefined
  const place = (event: PointerEvent): number => vertical() ? event.clientY : event.clientX
  element.addEventListener('pointerdown', (event) => { from = place(event) })
  element.addEventListener('pointerup', (event) => {
    const moved = from === undefined ? 0 : place(event) - from
    from = undefined
    if (Math.abs(moved) > SWIPE_PX) step(moved < 0 ? 1 : -1)
  })
}
