import type { TagDefinition } from '../define-tag.js'

const SPACES: Readonly<Record<string, string>> = { ensp: '\u2002', emsp: '\u2003', nbsp: '\u00a0' }

/** <text> shows the two characters "\n" as a line break; the template compiler leaves them alone. */
export const TEXT: TagDefinition = {
  name: 'text',
  properties: { userSelect: 'boolean', selectable: 'boolean', space: 'string', decode: 'boolean' },
  shown: ['userSelect', 'selectable'],
  setup: (tag) => {
    const convert = (node: Node): void => {
      node.childNodes.forEach(convert)
      if (!(node instanceof Text)) return
      const space = SPACES[tag.text('space')]
      const lines = node.data.replace(/\\n/g, '\n')
      const shown = space === undefined ? lines : lines.replace(/ /g, space)
      if (shown !== node.data) node.data = shown
    }
    const observer = new MutationObserver(() => { convert(tag.element) })
    return {
      attached: () => {
        convert(tag.element)
        observer.observe(tag.element, { childList: true, characterData: true, subtree: true })
      },
      detached: () => { observer.disconnect() },
    }
  },
}
