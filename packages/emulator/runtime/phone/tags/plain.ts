import type { TagDefinition } from '../define-tag.js'
import { pressLook } from './press-look.js'

export const VIEW: TagDefinition = {
  name: 'view',
  properties: { hoverClass: { type: 'string', value: 'none' } },
  setup: (tag) => { pressLook(tag) },
}

const GLYPHS: Readonly<Record<string, string>> = {
  success: '✓', success_no_circle: '✓', info: 'i', warn: '!', waiting: '…', cancel: '✕', download: '↓', search: '⌕', clear: '✕',
}

export const ICON: TagDefinition = {
  name: 'icon',
  properties: { type: 'string', size: { type: 'any', value: 23 }, color: 'string' },
  shown: ['type'],
  setup: ({ element }) => ({
    changed: {
      type: (type: string) => { element.textContent = GLYPHS[type] ?? '' },
      size: (size: unknown) => { element.style.setProperty('--icon-size', `${Number(size)}px`) },
      color: (color: string) => { element.style.setProperty('--icon-color', color) },
    },
  }),
}

export const PROGRESS: TagDefinition = {
  name: 'progress',
  properties: {
    percent: 'number', showInfo: 'boolean', strokeWidth: { type: 'any', value: 6 },
    color: 'string', activeColor: 'string', backgroundColor: 'string',
  },
  setup: (tag) => {
    const bar = tag.element.appendChild(document.createElement('i'))
    const fill = bar.appendChild(document.createElement('i'))
    const info = tag.element.appendChild(document.createElement('span'))
    const percent = (): void => {
      fill.style.width = `${tag.number('percent')}%`
      info.textContent = tag.flag('showInfo') ? `${tag.number('percent')}%` : ''
    }
    const color = (): void => { fill.style.background = tag.text('activeColor') || tag.text('color') }
    return {
      changed: {
        percent, showInfo: percent, color, activeColor: color,
        backgroundColor: (value: string) => { bar.style.background = value },
        strokeWidth: (value: unknown) => { bar.style.height = `${Number(value)}px` },
      },
    }
  },
}
