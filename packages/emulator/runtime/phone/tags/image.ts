import type { TagDefinition } from '../define-tag.js'

const FITS: Readonly<Record<string, string>> = {
  scaleToFill: 'fill', aspectFit: 'contain', aspectFill: 'cover', widthFix: 'fill', heightFix: 'fill',
}
/** "top left" and its like: the picture unscaled, cut. */
const CUT = /^(?:top|bottom|center|left|right)(?: (?:left|right))?$/

export const IMAGE: TagDefinition = {
  name: 'image',
  properties: { src: 'string', mode: { type: 'string', value: 'scaleToFill' } },
  shown: ['mode'],
  setup: (tag, hooks) => {
    const picture = document.createElement('img')
    picture.alt = ''
    picture.draggable = false
    picture.addEventListener('load', () => { tag.trigger('load', { width: picture.naturalWidth, height: picture.naturalHeight }) })
    picture.addEventListener('error', () => { tag.trigger('error', { errMsg: `GET ${tag.text('src')} failed` }) })
    tag.element.appendChild(picture)
    return {
      changed: {
        src: (source: string) => {
          picture.hidden = source === ''
          if (source === '') picture.removeAttribute('src')
          else picture.src = hooks.resolveAsset(source)
        },
        mode: (mode: string) => {
          picture.style.objectFit = FITS[mode] ?? (CUT.test(mode) ? 'none' : 'fill')
          picture.style.objectPosition = CUT.test(mode) ? mode : ''
        },
      },
    }
  },
}
