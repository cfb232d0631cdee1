import type { TagDefinition } from '../define-tag.js'

export const SCROLL_VIEW: TagDefinition = {
  name: 'scroll-view',
  properties: {
    scrollX: 'boolean', scrollY: 'boolean', scrollTop: 'any', scrollLeft: 'any', scrollIntoView: 'string',
    upperThreshold: { type: 'number', value: 50 }, lowerThreshold: { type: 'number', value: 50 },
  },
  shown: ['scrollX', 'scrollY'],
  setup: (tag) => {
    const { element } = tag
    let before = { left: 0, top: 0 }
    element.addEventListener('scroll', () => {
      const { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } = element
      const deltaX = before.left - scrollLeft
      const deltaY = before.top - scrollTop
      before = { left: scrollLeft, top: scrollTop }
      tag.trigger('scroll', { scrollLeft, scrollTop, scrollWidth, scrollHeight, deltaX, deltaY })
      if (deltaY > 0 && scrollTop <= tag.number('upperThreshold')) tag.trigger('scrolltoupper', { direction: 'top' })
      if (deltaX > 0 && scrollLeft <= tag.number('upperThreshold')) tag.trigger('scrolltoupper', { direction: 'left' })
      if (deltaY < 0 && scrollHeight - clientHeight - scrollTop <= tag.number('lowerThreshold')) tag.trigger('scrolltolower', { direction: 'bottom' })
      if (deltaX < 0 && scrollWidth - clientWidth - scrollLeft <= tag.number('lowerThreshold')) tag.trigger('scrolltolower', { direction: 'right' })
    })
    const place = (): void => {
      if (tag.any('scrollTop') !== null) element.scrollTop = tag.number('scrollTop')
      if (tag.any('scrollLeft') !== null) element.scrollLeft = tag.number('scrollLeft')
    }
    return {
      attached: place,
      changed: {
        scrollTop: place, scrollLeft: place,
        scrollIntoView: (id: string) => {
          const target = id === '' ? undefined : element.querySelector<HTMLElement>(`[id$="--${id}"]`)
          if (target) element.scrollTop += target.getBoundingClientRect().top - element.getBoundingClientRect().top
        },
      },
    }
  },
}
