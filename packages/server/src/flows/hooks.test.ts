import { expect, it } from 'vitest'
import { createHookRunner } from './hooks.js'

const loggedOut = { uid: 'u', appid: 'a', sessionId: 's', everywhere: false }

it.each([
  ['waits at the end for a hook that is under way', 60_000, true],
  ['waits no longer than it is allowed to, and says that a hook was lost', 5, false],
])('%s', async (_name, drainMs, ends) => {
  const logged: unknown[] = []
  const note = (fields: { event?: string }): void => void logged.push(fields.event)
  const done: string[] = []
  let release = (): void => undefined
  const onLogout = async (): Promise<void> => {
    await new Promise<void>((resolve) => { release = resolve })
    done.push('hook')
  }
  const hooks = createHookRunner({ hooks: { onLogout }, hookWaitMs: 1, drainMs, log: { debug: note, info: note, warn: note, error: note } })
  await hooks.run('onLogout', loggedOut)
  const drained = hooks.drain().then(() => done.push('drained'))
  if (ends) release()
  await drained
  expect([done, logged]).toEqual(ends ? [['hook', 'drained'], ['hook_slow']] : [['drained'], ['hook_slow', 'hook_lost']])
})
