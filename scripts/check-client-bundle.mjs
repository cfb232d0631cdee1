// Holds the client's bundle against its budget, the syntax phones accept, and words that must not be in it.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'

/** Budget of everything, in bytes, gzip -9. The aim for everything is 6 kB. */
export const BUDGET = 8150

const file = new URL('../packages/client/miniprogram_dist/index.js', import.meta.url)

/** What the client weighs, in bytes. */
export function clientSize() {
  const code = readFileSync(file)
  return { min: code.length, gzip: gzipSync(code, { level: 9 }).length }
}

// Not on every phone, not in a mini program, or a secret's name.
const FORBIDDEN = [/\bregeneratorRuntime\b/, /\bprocess\b/, /\bBuffer\b/, /\bcrypto\b/, /\bwindow\b/, /\beval\b/, /\bFunction\(/, /\.finally\b/, /\bglobalThis\b/, /\bURLSearchParams\b/, /\brequire\(/]

if (process.argv[1] === new URL(import.meta.url).pathname) check()

function check() {
  const code = readFileSync(file, 'utf8')
  const problems = FORBIDDEN.filter((word) => word.test(code)).map((word) => `the bundle holds ${word}`)
  try {
    parse(code, { ecmaVersion: 2017, sourceType: 'script' })
  } catch (error) {
    problems.push(`not ES2017: ${error.message}`)
  }
  const { min, gzip } = clientSize()
  if (gzip > BUDGET) problems.push(`${gzip} bytes gzip, over the budget of ${BUDGET}`)
  process.stdout.write(problems.length > 0 ? `${problems.join('\n')}\n` : `${min} bytes, ${gzip} gzip (budget ${BUDGET}), ES2017, no forbidden word\n`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
