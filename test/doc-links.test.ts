import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

// A link of a page leads to a file that is there, and to a heading that it has.
const ROOT = path.join(import.meta.dirname, '..')
const UNWANTED = /^(node_modules|dist|screenshots|\.git)$/

function pagesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    if (UNWANTED.test(entry.name)) return []
    return entry.isDirectory() ? pagesIn(file) : entry.name.endsWith('.md') ? [file] : []
  })
}

/** As GitHub makes them: lower case, without marks, a hyphen for each space. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-'))
}

it('every link of a page leads somewhere', () => {
  const pages = pagesIn('')
  const links = pages.flatMap((page) => [...readFileSync(path.join(ROOT, page), 'utf8').replaceAll(/^ *```[^]*?^ *```/gm, '').matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, to = '', anchor]) => ({ page, to, anchor })))
  expect(links.length).toBeGreaterThan(80)
  const lost = links.filter(({ page, to, anchor }) => {
    const target = to === '' ? path.join(ROOT, page) : path.join(ROOT, path.dirname(page), decodeURIComponent(to))
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(decodeURIComponent(anchor)))
  })
  expect(lost.map(({ page, to, anchor }) => `${page}: ${to}${anchor === undefined ? '' : `#${anchor}`}`)).toEqual([])
})
