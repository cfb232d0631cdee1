import type selectorParser from 'postcss-selector-parser'

/** The tags of a selector. The parser also calls the "2" of :nth-child(2) and the "odd" of :nth-child(odd) a tag. */
export function walkTagNames(container: Pick<selectorParser.Root, 'walkTags'>, visit: (tag: selectorParser.Tag) => void): void {
  container.walkTags((tag) => {
    const around = tag.parent?.parent
    if (around?.type === 'pseudo' && /^:(?:nth-|lang|dir)/.test(around.value)) return
    visit(tag)
  })
}
