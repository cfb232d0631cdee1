// Everything that must hold besides the tests, one line each; all are run, also after one failed.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url))
const script = (name, ...words) => [process.execPath, fileURLToPath(new URL(name, import.meta.url)), ...words]

const CHECKS = [
  ['build and types', script('build.mjs', '--quiet')],
  ['types of the tests', [bin('tsc'), '-p', 'tsconfig.test.json']],
  // tsc does not read .vue files; the build takes their types away unread.
  ['types of the page', [bin('vue-tsc'), '--noEmit', '-p', 'packages/emulator/simulator/page']],
  ['lint', [bin('eslint'), '.', '--max-warnings', '0']],
  ['arrows and cycles', script('check-arrows.mjs')],
  ['exports', script('check-exports.mjs')],
  ['client bundle', script('check-client-bundle.mjs')],
  ['docs match the code', script('write-docs.mjs', '--check')],
]

let failed = 0
for (const [name, [command, ...words]] of CHECKS) {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: root, encoding: 'utf8' })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const said = status === 0 ? stdout.trim().split('\n').at(-1) : ''
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(20)} ${seconds.padStart(5)} s   ${said}\n`)
  if (status === 0) continue
  failed++
  process.stdout.write(`${`${stdout}${stderr}`.trim().replaceAll(/^/gm, '      ')}\n`)
}
process.stdout.write(failed === 0 ? '\nAll checks hold.\n' : `\n${failed} of ${CHECKS.length} checks failed.\n`)
process.exitCode = failed === 0 ? 0 : 1
