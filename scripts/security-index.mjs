// Finds which test proves which threat (T01…), fault (F01…) or named case (SEC-…, REL-…), and which bad input (IN-…): a test's title carries the ids.
// Run as a program it writes the last column of docs/reference/security.md.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const root = new URL('../', import.meta.url)
const page = new URL('docs/reference/security.md', root)

const ID = /(?<![\w-])(?:[TF]\d{2}|(?:SEC|REL|IN)-[A-Z0-9]+(?:-[A-Z0-9]+)*)(?![\w-])/g
const TITLE = /(?<![\w.])(?:it|test|describe)(?:\.(?:each|skipIf|runIf)(?:<[^\n]*?>)?\([^\n]*?\))?\(\s*(['`])((?:\\.|(?!\1)[^\n])*)\1, /g
// A row of a table of it.each whose first cell is its name, and the end of such a table.
const NAME = /(?:^\s*\[|^\]\)\()(['`])((?:\\.|(?!\1)[^\n])*)\1, /gm

/** Test titles by id, as they stand in the source: `[file, title]`. */
export function titlesById() {
  const found = new Map()
  for (const file of testFiles()) {
    const source = readFileSync(new URL(file, root), 'utf8')
    for (const [, , title] of [...source.matchAll(TITLE), ...source.matchAll(NAME)]) {
      for (const [id] of title.matchAll(ID)) {
        const before = found.get(id) ?? []
        const shown = title.replaceAll('\\', '')
        if (!before.some(([where, what]) => where === file && what === shown)) found.set(id, [...before, [file, shown]])
      }
    }
  }
  return found
}

/** The rows of the page: `[id, promise, what stands where the tests would, or the tests]`. */
export function rowsOf(text) {
  return [...text.matchAll(/^\| ((?:[TF]\d{2}|(?:SEC|REL|IN)-[A-Z0-9-]+)) \| (.*?) \| (.*) \|$/gm)].map(([, id, promise, proof]) => ({ id, promise, proof }))
}

/** A test as the page names it. */
export function nameOf([file, title]) {
  return `\`${file}\`: ${title.replaceAll('|', '\\|')}`
}

function testFiles() {
  const folders = ['test/', ...readdirSync(new URL('packages/', root)).map((name) => `packages/${name}/src/`)]
  return folders.flatMap((folder) => readdirSync(new URL(folder, root), { recursive: true }).filter((name) => name.endsWith('.test.ts')).map((name) => folder + name.replaceAll('\\', '/'))).sort()
}

function write() {
  const titles = titlesById()
  const text = rowsOf(readFileSync(page, 'utf8')).reduce((whole, { id, promise, proof }) => {
    const tests = (titles.get(id) ?? []).map(nameOf).join('<br>')
    return whole.replace(`| ${id} | ${promise} | ${proof} |`, () => `| ${id} | ${promise} | ${tests || (proof.startsWith('`') ? 'no test yet' : proof)} |`)
  }, readFileSync(page, 'utf8'))
  writeFileSync(page, text)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) write()
