import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// tsc does not read .vue files; the build takes their types away unread.
it('has no type error in the page', () => {
  const checker = createRequire(import.meta.url).resolve('vue-tsc/bin/vue-tsc.js')
  const { stdout, status } = spawnSync(process.execPath, [checker, '--noEmit', '-p', fileURLToPath(new URL('tsconfig.json', import.meta.url))], { encoding: 'utf8' })
  expect([status, stdout]).toEqual([0, ''])
}, 60_000)
