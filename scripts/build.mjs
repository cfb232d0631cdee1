// Builds what is published: TypeScript to dist/ of each package, then the client's two bundles.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { bundleClient } from './bundle-client.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const quiet = process.argv.includes('--quiet')
const say = (text) => quiet || process.stderr.write(`${text}\n`)

const started = performance.now()
say('build  types and modules (tsc -b)')
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: ['ignore', 2, 2] })
if (status !== 0) process.exit(status ?? 1)

say('build  client bundles (esbuild)')
await bundleClient(root)
say('build  simulator runtime (esbuild)')
const { writePhoneBundle } = await import('@tongxing/emulator/runtime')
writePhoneBundle()
say('build  simulator page (vite, when its sources changed)')
const { buildSimulator } = await import('../packages/emulator/simulator/build.mjs')
await buildSimulator()
say(`build  done in ${((performance.now() - started) / 1000).toFixed(1)} s`)
