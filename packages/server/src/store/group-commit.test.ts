import { expect, it } from 'vitest'
import { createGroupCommit } from './group-commit.js'

const anyFault = { isItemFault: () => true }

it('writes what one turn asks for in one commit, and gives each caller its own result', async () => {
  const groups: number[][] = []
  const commit = createGroupCommit<number, number>(async (items) => {
    groups.push([...items])
    return items.map((item) => item * 10)
  }, anyFault)
  expect(await Promise.all([commit(1), commit(2), commit(3)])).toEqual([10, 20, 30])
  expect(groups).toEqual([[1, 2, 3]])
})

it('collects while a commit is under way, and never runs two at once', async () => {
  const groups: number[][] = []
  let running = 0
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => { release = resolve })
  const commit = createGroupCommit<number, number>(async (items) => {
    expect(++running).toBe(1)
    groups.push([...items])
    if (groups.length === 1) await gate
    running--
    return items
  }, anyFault)
  const first = commit(1)
  await new Promise(setImmediate)
  const later = [commit(2), commit(3)]
  release()
  await Promise.all([first, ...later])
  expect(groups).toEqual([[1], [2, 3]])
})

it('fails the bad item alone: its neighbours are written', async () => {
  const written: string[] = []
  const commit = createGroupCommit<string, string>(async (items) => {
    if (items.includes('bad')) throw new Error('refused')
    written.push(...items)
    return items
  }, anyFault)
  const results = await Promise.allSettled([commit('a'), commit('bad'), commit('b')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(written).toEqual(['a', 'b'])
})

it('holds no more items in a commit than allowed, in the order they came', async () => {
  const groups: number[][] = []
  const commit = createGroupCommit<number, number>(async (items) => {
    groups.push([...items])
    return items
  }, { ...anyFault, largest: 2 })
  await Promise.all([1, 2, 3, 4, 5].map(commit))
  expect(groups).toEqual([[1, 2], [3, 4], [5]])
})

it('fails a group as one when the database is at fault, after one attempt', async () => {
  let attempts = 0
  const commit = createGroupCommit<string, string>(async () => {
    attempts++
    throw new Error('database is locked')
  }, { isItemFault: () => false })
  const results = await Promise.allSettled(['a', 'b', 'c'].map(commit))
  expect([attempts, ...results.map(({ status }) => status)]).toEqual([1, 'rejected', 'rejected', 'rejected'])
})

it('F22: who waits behind a group that finds the database away fails with it, and waits for no attempt of his own', async () => {
  let attempts = 0
  let giveUp = (): void => undefined
  const commit = createGroupCommit<string, string>(() => {
    attempts++
    return attempts > 1 ? Promise.resolve(['written']) : new Promise((_, reject) => { giveUp = () => reject(new Error('database is locked')) })
  }, { isItemFault: () => false, largest: 2 })
  const first = ['a', 'b'].map(commit)
  await new Promise(setImmediate)
  const behind = ['c', 'd', 'e', 'f', 'g'].map(commit)
  giveUp()
  const results = await Promise.allSettled([...first, ...behind])
  expect([attempts, new Set(results.map(({ status }) => status))]).toEqual([1, new Set(['rejected'])])
  expect(await commit('later')).toBe('written')
})

it('after a group of several gathers the next one, and after a single item waits for nobody', async () => {
  const groups: number[][] = []
  const gathering: (() => void)[] = []
  const commit = createGroupCommit<number, number>(async (items) => {
    groups.push([...items])
    return items
  }, { ...anyFault, pause: () => new Promise<void>((resolve) => gathering.push(resolve)) })
  await Promise.all([commit(1), commit(2)])
  const early = commit(3)
  await new Promise(setImmediate)
  const late = commit(4)
  expect(groups).toEqual([[1, 2]])
  gathering.pop()!()
  await Promise.all([early, late])
  const alone = commit(5)
  await new Promise(setImmediate)
  gathering.pop()!()
  await alone
  await commit(6)
  expect(groups).toEqual([[1, 2], [3, 4], [5], [6]])
})
