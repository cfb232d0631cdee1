// Holds the client's bundle against its budget, the syntax phones accept, and words that must not be in it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'
import { buildSync } from 'esbuild'
import { minify } from './bundle-client.mjs'
import { BUDGET, CORE } from './client-core.mjs'

const file = new URL('../packages/client/miniprogram_dist/index.js', import.meta.url)

/** What the client weighs, in bytes. */
export function clientSize() {
  const code = readFileSync(file)
  return { min: code.length, gzip: weigh(code), core: coreSize() }
}

/** Nothing ships the core alone: it is measured to see what the rest costs. */
function coreSize() {
  const stdin = { contents: CORE, loader: 'ts', resolveDir: fileURLToPath(new URL('../packages/client/src', import.meta.url)) }
  const { outputFiles: [{ text }] } = buildSync({ stdin, bundle: true, format: 'esm', target: 'es2017', platform: 'neutral', write: false })
  return weigh(minify(text))
}

function weigh(code) {
  return gzipSync(code, { level: 9 }).length
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
  const { min, gzip, core } = clientSize()
  if (gzip > BUDGET.all) problems.push(`${gzip} bytes gzip, over the budget of ${BUDGET.all}`)
  if (core > BUDGET.core) problems.push(`the core is ${core} bytes gzip, over the budget of ${BUDGET.core}`)
  process.stdout.write(problems.length > 0 ? `${problems.join('\n')}\n` : `${min} bytes, ${gzip} gzip (budget ${BUDGET.all}), of it the core ${core} (budget ${BUDGET.core}), ES2017, no forbidden word\n`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
