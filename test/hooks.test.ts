import type { Hooks } from '@tongxing/server'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'

// Notes every call of every hook.
function notedHooks(): { calls: [string, unknown][], hooks: Hooks } {
  const calls: [string, unknown][] = []
  const note = (name: string) => (event: unknown) => void calls.push([name, event])
  return { calls, hooks: { onFirstLogin: note('onFirstLogin'), onLogin: note('onLogin'), onLogout: note('onLogout'), onPhone: note('onPhone'), onMerge: note('onMerge') } }
}

it('calls a hook for each thing that happens, once, and nobody but hooks sees extra', async () => {
  const { calls, hooks } = notedHooks()
  const stage = await openStage({ server: { hooks } })
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), extra: { from: 'poster-7' } })
  const { sessionId, uid } = await stage.auth.verify(json.token as string)
  const login = { uid, appid: stage.appid, sessionId, isNew: true, extra: { from: 'poster-7' } }
  expect(calls).toEqual([['onFirstLogin', login], ['onLogin', login]])
  expect(JSON.stringify(json) + stage.logs.join('')).not.toContain('poster-7')

  calls.length = 0
  const token = await stage.login()
  await stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) }, token)
  await stage.post('/v1/logout', {}, token)
  await stage.post('/v1/logout', {}, token)
  await stage.post('/v1/logout', { everywhere: true }, json.token as string)
  expect(calls).toMatchObject([
    ['onLogin', { uid, isNew: false, extra: {} }], ['onPhone', { uid, appid: stage.appid, masked: expect.stringMatching(/^\d+\*{4}\d+$/) as string }],
    ['onLogout', { uid, everywhere: false }], ['onLogout', { uid, sessionId, everywhere: true }],
  ])
})

it('a number that comes with the login is told once, after the login; asking again with the same code tells nothing new', async () => {
  const { calls, hooks } = notedHooks()
  const stage = await openStage({ server: { hooks } })
  const phoneCode = stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person })
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), phoneCode })
  const told = ['onPhone', { uid: (json.user as { uid: string }).uid, appid: stage.appid, masked: expect.stringMatching(/^\d+\*{4}\d+$/) as string }]
  expect(calls.slice(1)).toMatchObject([['onLogin', {}], told])
  expect((await stage.post('/v1/me/phone', { code: phoneCode }, json.token as string)).status).toBe(200)
  expect(calls).toHaveLength(3)
  expect(stage.logs.filter((line) => line.includes('phone_bound'))).toHaveLength(1)
})

it('calls onFirstLogin once for 30 parallel first logins of one person on two servers', async () => {
  const { calls, hooks } = notedHooks()
  const stage = await openStage({ server: { hooks, wechat: { timeoutMs: 20_000 } } })
  const other = await stage.another()
  await Promise.all(Array.from({ length: 30 }, (_, i) => stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at: i % 2 ? stage.url : other.service.url })))
  expect(calls.filter(([name]) => name === 'onFirstLogin')).toHaveLength(1)
  expect(calls.filter(([name]) => name === 'onLogin')).toHaveLength(30)
})

it('a hook that throws, rejects or does not end fails no login: it is logged, and the answer goes out', async () => {
  const endings: (() => void)[] = []
  const hooks: Hooks = {
    onFirstLogin: () => { throw new Error('no such table') },
    onLogin: () => Promise.reject(new Error('gone')),
    onLogout: () => new Promise<void>((resolve) => void endings.push(resolve)),
  }
  const stage = await openStage({ server: { hooks, hookWaitMs: 20 } })
  const token = await stage.login()
  expect(stage.logs.filter((line) => line.includes('hook_failed'))).toHaveLength(2)
  expect((await stage.post('/v1/logout', {}, token)).status).toBe(204)
  expect(stage.logs.filter((line) => line.includes('hook_slow'))).toHaveLength(1)
  // The server waits for its hooks when it ends.
  for (const end of endings) end()
})

it('the answer waits for a hook, so that what it writes is there when the phone goes on', async () => {
  const written: string[] = []
  const onFirstLogin: Hooks['onFirstLogin'] = async ({ uid }) => {
    await new Promise((resolve) => setImmediate(resolve))
    written.push(uid)
  }
  const { login } = await openStage({ server: { hooks: { onFirstLogin }, hookWaitMs: 20_000 } })
  await login()
  expect(written).toHaveLength(1)
})

it('tells once that a user was erased, with the id of his receipt', async () => {
  const erased: unknown[] = []
  const stage = await openStage({ server: { hooks: { onErase: (event) => { erased.push(event) } } } })
  const token = await stage.login()
  const { uid } = await stage.auth.verify(token)
  const { id } = (await stage.post('/v1/me/erase', {}, token)).json
  await stage.post('/v1/me/erase', {}, token)
  expect(erased).toEqual([{ uid, receiptId: id }])
})
