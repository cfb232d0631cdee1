// Writes the parts of the docs that come from the code; with --check only tells whether they are true.
import { readFileSync, writeFileSync } from 'node:fs'
import { ERRORS } from '@tongxing/protocol'
import { VARIABLES } from '../packages/server/dist/cli/environment.js'
import { clientSize } from './check-client-bundle.mjs'
import { behaviourRows } from './client-behaviours.mjs'

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} kB`
const size = clientSize()

const errors = [
  '| status | code | action | 标题 | title |', '| --- | --- | --- | --- | --- |',
  ...Object.entries(ERRORS).map(([code, { status, action, zh, en }]) => `| ${status} | \`${code}\` | \`${action}\` | ${zh} | ${en} |`),
].join('\n')
const configuration = [
  '| variable | meaning | default |', '| --- | --- | --- |',
  ...VARIABLES.map(({ name, meaning, byDefault }) => `| \`${name}\` | ${meaning} | ${byDefault} |`),
].join('\n')

// file, name of the region (<!-- name --> … <!-- /name -->), what stands in it, or what becomes of what stands there
const REGIONS = [
  ['docs/reference/errors.md', 'errors', `\n${errors}\n`],
  ['docs/reference/configuration.md', 'configuration', `\n${configuration}\n`],
  ['docs/reference/client-behaviours.md', 'behaviours', (rows) => `\n${behaviourRows(rows)}\n`],
  ['README.md', 'client size', kilobytes(size.gzip)],
  ['README.zh-CN.md', 'client size', kilobytes(size.gzip)],
  ...['README.md', 'README.zh-CN.md'].flatMap((name) => [
    [`packages/client/${name}`, 'client size', kilobytes(size.gzip)],
    [`packages/client/${name}`, 'core size', kilobytes(size.core)],
  ]),
]

const stale = REGIONS.filter(([file, name, wanted]) => !hold(file, name, wanted)).map(([file, name]) => `${file}: "${name}" is not what the code says; run: node scripts/write-docs.mjs`)
process.stdout.write(stale.length > 0 ? `${stale.join('\n')}\n` : `${REGIONS.length} regions are true\n`)
process.exitCode = stale.length > 0 ? 1 : 0

function hold(file, name, wanted) {
  const path = new URL(`../${file}`, import.meta.url)
  const text = readFileSync(path, 'utf8')
  const region = new RegExp(`(<!-- ${name} -->)([^]*?)(<!-- /${name} -->)`)
  if (!region.test(text)) throw new Error(`${file} has no region "${name}"`)
  const written = text.replace(region, (_, open, old, close) => `${open}${typeof wanted === 'function' ? wanted(old) : wanted}${close}`)
  if (written === text) return true
  if (process.argv.includes('--check')) return false
  writeFileSync(path, written)
  return true
}
