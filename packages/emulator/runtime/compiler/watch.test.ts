import { expect, it, onTestFinished } from 'vitest'
import { writeFile, writeProgram } from '../fixtures/program.js'
import type { WatchedBundle } from './watch.js'
import { watchProgram } from './watch.js'

it('compiles at once, after a change, and gives a bundle that shows the errors when the change breaks the program', async () => {
  const folder = writeProgram({ 'p/a.wxml': 'before' })
  let told: (bundle: WatchedBundle) => void = (bundle) => { expect(bundle.text).toContain('before') }
  const watcher = watchProgram(folder, (bundle) => { told(bundle) })
  onTestFinished(() => { watcher.close() })
  const change = (wxml: string, seen: (bundle: WatchedBundle) => boolean): Promise<WatchedBundle> => new Promise((resolve) => {
    told = (bundle) => { if (seen(bundle)) resolve(bundle) }
    writeFile(folder, 'p/a.wxml', wxml)
  })
  await change('after', ({ text }) => text.includes('after'))
  const broken = await change('<map/>', ({ error }) => error !== undefined)
  expect(broken.error?.message).toContain('p/a.wxml:1:1 <map>')
  expect(broken.text).toContain('"errors":')
})
