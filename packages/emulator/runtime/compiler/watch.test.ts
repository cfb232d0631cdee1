import { cpSync, rmSync } from 'node:fs'
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

it('compiles a folder that was removed and built anew, and says on the phone that it is gone meanwhile', async () => {
  const folder = writeProgram({ 'p/a.wxml': 'before' })
  const seen: WatchedBundle[] = []
  const watcher = watchProgram(folder, (bundle) => seen.push(bundle))
  onTestFinished(() => { watcher.close() })
  rmSync(folder, { recursive: true })
  await expect.poll(() => seen.at(-1)?.error?.message).toMatch(/app\.json/)
  cpSync(writeProgram({ 'p/a.wxml': 'built anew' }), folder, { recursive: true })
  await expect.poll(() => seen.at(-1)?.text).toContain('built anew')
  writeFile(folder, 'p/a.wxml', 'changed after that')
  await expect.poll(() => seen.at(-1)?.text).toContain('changed after that')
})
