// Finds which test pins which of the client's numbered behaviours: a test's title begins with the numbers.
import { readFileSync, readdirSync } from 'node:fs'

const folder = new URL('../packages/client/src/', import.meta.url)

/** Test titles by number, as they stand in the source: `[file, title]`. */
export function pinned() {
  const found = new Map()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.test.ts')).sort()) {
    for (const [, quote, numbers, title] of readFileSync(new URL(file, folder), 'utf8').matchAll(/[(\s](['`])((?:\d+(?:, )?)+): ((?:\\.|(?!\1)[^\n])*)\1, /g)) {
      void quote
      for (const number of numbers.split(', ')) found.set(Number(number), [...found.get(Number(number)) ?? [], [file, title.replaceAll('\\', '')]])
    }
  }
  return found
}

/** The rows of docs/reference/client-behaviours.md; the behaviours' own words stay as they are. */
export function behaviourRows(text) {
  const titles = pinned()
  return [...text.matchAll(/^\| (\d+) \| (.*?) \|/gm)].map(([, number, behaviour]) =>
    `| ${number} | ${behaviour} | ${(titles.get(Number(number)) ?? []).map(([file, title]) => `${file.replace('.test.ts', '')}: ${title.replaceAll('|', '\\|')}`).join('<br>')} |`).join('\n')
}
