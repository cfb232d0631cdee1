import { mkdirSync, mkdtempSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { watchFolder } from './watch-folder.js'

function open() {
  const above = mkdtempSync(path.join(tmpdir(), 'watch-folder-'))
  const folder = path.join(above, 'app')
  mkdirSync(folder)
  const [changes, errors, watchers]: [(string | null)[], Error[], FSWatcher[]] = [[], [], []]
  const watched = watchFolder(folder, { onChange: (file) => changes.push(file), onError: (error) => errors.push(error) }, ((...given: Parameters<typeof watch>) => {
    const watcher = watch(...given)
    watchers.push(watcher)
    return watcher
  }) as typeof watch)
  onTestFinished(() => {
    watched.close()
    rmSync(above, { recursive: true, force: true })
  })
  return { above, folder, changes, errors, watchers, write: (name: string) => writeFileSync(path.join(folder, name), name) }
}

it('goes on telling of changes in a folder that was removed and made anew, and of those in one that took its place', async () => {
  const { above, folder, changes, errors, write } = open()
  write('first.js')
  await expect.poll(() => changes).toContain('first.js')
  rmSync(folder, { recursive: true })
  await expect.poll(() => changes).toContain(null)
  mkdirSync(folder)
  await expect.poll(() => changes.filter((change) => change === null)).toHaveLength(2)
  write('second.js')
  await expect.poll(() => changes).toContain('second.js')

  const built = path.join(above, 'built')
  mkdirSync(built)
  rmSync(folder, { recursive: true })
  renameSync(built, folder)
  await expect.poll(() => changes.filter((change) => change === null).length).toBeGreaterThan(2)
  write('third.js')
  await expect.poll(() => changes).toContain('third.js')
  expect(errors).toEqual([])
})

it('tells of an error of the system while the folder is there, and waits for one that went', async () => {
  const { folder, errors, watchers, changes } = open()
  const [, inside] = watchers
  inside?.emit('error', new Error('ENOSPC: no more watches'))
  expect(errors.map(({ message }) => message)).toEqual(['ENOSPC: no more watches'])
  rmSync(folder, { recursive: true })
  inside?.emit('error', new Error('EPERM: the folder went'))
  expect(errors).toHaveLength(1)
  await expect.poll(() => changes).toContain(null)
})

it('tells when the folder that came back cannot be watched, and waits when it went again meanwhile', () => {
  const above = mkdtempSync(path.join(tmpdir(), 'watch-folder-'))
  const folder = path.join(above, 'app')
  mkdirSync(folder)
  const errors: Error[] = []
  let [hear, watchInside]: [(event: string, name: string) => void, () => void] = [() => undefined, () => undefined]
  const watched = watchFolder(folder, { onChange: () => undefined, onError: (error) => errors.push(error) }, ((place: string, options: unknown, listener?: () => void) => {
    if (place === folder) watchInside()
    else hear = options as typeof hear
    return watch(place, { persistent: false }, listener)
  }) as typeof watch)
  onTestFinished(() => {
    watched.close()
    rmSync(above, { recursive: true, force: true })
  })
  const replace = (): void => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    hear('rename', 'app')
  }
  watchInside = () => {
    rmSync(folder, { recursive: true })
    throw new Error('ENOENT: no such file or directory')
  }
  replace()
  expect(errors).toEqual([])
  watchInside = () => { throw new Error('ENOSPC: no more watches') }
  replace()
  expect(errors.map(({ message }) => message)).toEqual(['ENOSPC: no more watches'])
})

it('throws the system’s error when there is no such folder', () => {
  expect(() => watchFolder('/no/such/folder', { onChange: () => undefined, onError: () => undefined })).toThrow('ENOENT')
})
