import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { ContentCheckOptions, PushEvent } from '@tongxing/server'
import { expect, it } from 'vitest'
import { openRelay } from './relay.js'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

const API = '/wxa/media_check_async'
const HOUR_MS = 3_600_000
const PUSH = { token: 'AAAAA', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', mode: 'safe' } as const
const PICTURES = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  gif: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  webp: 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
} as const

interface Checked { readonly stage: Stage, readonly token: string, readonly pushed: () => Promise<PushEvent> }

/** A server whose avatars WeChat looks at: it has something against every GIF, and is not sure of a WebP. `pushed` waits for the next event to be done. */
async function open(contentCheck: boolean | ContentCheckOptions = true, format: 'json' | 'xml' = 'json', baseURL?: (stage: Stage) => Promise<string>): Promise<Checked> {
  const stage = await openStage({ emulator: { contentRules: [{ text: '.gif', suggest: 'risky', label: 20002 }, { text: '.webp', suggest: 'review', label: 21000 }] } })
  const [app] = stage.emulator.apps
  const waiting: ((event: PushEvent) => void)[] = []
  const url = await baseURL?.(stage)
  await stage.restart({
    apps: [{ appid: app!.appid, secret: app!.secret, push: PUSH }], publicURL: 'https://api.example.com', contentCheck,
    hooks: { onPush: (event) => { waiting.shift()?.(event) } }, ...(url !== undefined && { wechat: { baseURL: url } }),
  })
  app!.push = { url: `${stage.url}/v1/wechat/push/${app!.appid}`, ...PUSH, format }
  const token = await stage.login()
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '小红' } })
  return { stage, token, pushed: () => new Promise((resolve) => { waiting.push(resolve) }) }
}

async function upload({ stage, token }: Checked, type: keyof typeof PICTURES): Promise<Reply['json']> {
  const form = new FormData()
  form.append('avatar', new Blob([Buffer.from(PICTURES[type], 'base64')]), 'me')
  return await (await fetch(`${stage.url}/v1/me/avatar`, { method: 'POST', body: form, headers: { authorization: `Bearer ${token}` } })).json() as Reply['json']
}

const addressOf = (json: Reply['json']): string => (json.profile as { avatarUrl: string }).avatarUrl
const isServed = async (stage: Stage, address: string): Promise<boolean> => (await fetch(stage.url + new URL(address).pathname)).status === 200
const profileOf = async ({ stage, token }: Checked): Promise<unknown> => (await stage.send('GET', '/v1/me', { token })).json.profile
const files = (stage: Stage): string[] => existsSync(path.join(stage.dataDir, 'avatars')) ? readdirSync(path.join(stage.dataDir, 'avatars')) : []
const calls = (stage: Stage): { detail?: unknown }[] => stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes(API))
const withdrawals = async (stage: Stage): Promise<unknown[]> => (await stage.auth.audit.read({ limit: 1000 })).filter(({ event }) => event === 'avatar_withdrawn').map(({ detail }) => detail)

/** WeChat's verdict on a check, sent and answered. */
const judge = (stage: Stage, trace: string, members: object = { errcode: 0, result: { suggest: 'risky', label: 20002 } }) =>
  stage.emulator.push({ appid: stage.appid, person: stage.person, event: 'wxa_media_check', fields: { appid: stage.appid, trace_id: trace, version: 2, ...members } })

/** A check under a trace id of the test's choice. */
async function openTraced(trace: string, contentCheck: boolean | ContentCheckOptions = true, before?: (stage: Stage) => Promise<unknown>): Promise<Checked> {
  return open(contentCheck, 'json', async (stage) => (await openRelay(() => stage.emulator.url, ({ pathname }, response) => {
    if (pathname !== API) return false
    void Promise.resolve(before?.(stage)).then(() => response.end(JSON.stringify({ errcode: 0, errmsg: 'ok', trace_id: trace })))
    return true
  })).url)
}

it.each([['gif', 'risky', 'json'], ['gif', 'risky', 'xml'], ['webp', 'review', 'json']] as const)('withdraws an avatar when WeChat’s verdict comes: %s, %s, by %s', async (type, opinion, format) => {
  const checked = await open(true, format)
  const { stage, pushed } = checked
  const address = addressOf(await upload(checked, type))
  expect(address).toMatch(/^https:\/\/api\.example\.com\/v1\/avatars\//)
  expect(JSON.stringify(calls(stage))).toContain(`"media_url":"${address}"`)
  expect(await isServed(stage, address)).toBe(true)
  const told = pushed()
  stage.emulator.clock.advance(1000)
  expect(await told).toMatchObject({ appid: stage.appid, event: 'wxa_media_check', uid: (await stage.auth.verify(checked.token)).uid, message: { result: { suggest: opinion } } })
  expect(await profileOf(checked)).toMatchObject({ nickname: '小红', avatarUrl: null })
  expect([await isServed(stage, address), files(stage), await withdrawals(stage)]).toEqual([false, [], [opinion]])
})

it('leaves an avatar alone that passes', async () => {
  const checked = await open()
  const address = addressOf(await upload(checked, 'png'))
  const told = checked.pushed()
  checked.stage.emulator.clock.advance(1000)
  expect(await told).toMatchObject({ uid: null, message: { result: { suggest: 'pass' } } })
  expect(await profileOf(checked)).toMatchObject({ avatarUrl: address })
  expect([await isServed(checked.stage, address), await withdrawals(checked.stage)]).toEqual([true, []])
})

it('a verdict has one effect: it touches no picture that came after, also when it comes again; a trace id of nobody is accepted', async () => {
  const checked = await openTraced('trace-1')
  const { stage } = checked
  await upload(checked, 'png')
  expect(await judge(stage, 'trace-of-somebody-else')).toMatchObject({ delivered: true })
  expect(await profileOf(checked)).not.toMatchObject({ avatarUrl: null })
  await judge(stage, 'trace-1')
  expect(await profileOf(checked)).toMatchObject({ avatarUrl: null })
  for (const detail of [[], ['the same once more']]) expect(await judge(stage, 'trace-1', { errcode: 0, result: { suggest: 'risky' }, detail })).toMatchObject({ delivered: true })
  expect(await withdrawals(stage)).toEqual(['risky'])
})

it('refuses a picture whose verdict is quicker than the answer that names its check', async () => {
  const checked = await openTraced('trace-1', true, (stage) => judge(stage, 'trace-1'))
  expect(await upload(checked, 'png')).toMatchObject({ status: 422, code: 'profile_rejected', action: 'ask_user' })
  expect([await profileOf(checked), files(checked.stage)]).toMatchObject([{ nickname: '小红', avatarUrl: null }, []])
})

it.each([false, true])('a picture that WeChat could not fetch is withdrawn, unless the check fails open (failOpen: %s); either way the log says so', async (failOpen) => {
  const checked = await openTraced('trace-1', { failOpen })
  const address = addressOf(await upload(checked, 'png'))
  await judge(checked.stage, 'trace-1', { errcode: -1008, errmsg: 'download media error' })
  expect(await profileOf(checked)).toMatchObject({ avatarUrl: failOpen ? address : null })
  expect(checked.stage.logs.join('')).toContain('"event":"content_unchecked"')
  expect(await withdrawals(checked.stage)).toEqual(failOpen ? [] : ['unchecked'])
})

it.each<[string, object]>([['does not answer', { drop: true }], ['gives no trace id', { body: '{"errcode":0}' }], ['has used up its quota', { errcode: 45009 }]])('keeps no avatar while WeChat %s, and leaves no file; with failOpen it does, and says so', async (_name, fault) => {
  for (const failOpen of [false, true]) {
    const checked = await open({ failOpen })
    checked.stage.emulator.fault({ path: API, ...fault })
    const json = await upload(checked, 'png')
    expect(json.action ?? 'kept').toBe(failOpen ? 'kept' : 'retry_later')
    expect(files(checked.stage)).toHaveLength(failOpen ? 1 : 0)
    expect(checked.stage.logs.join('').includes('"event":"content_unchecked"')).toBe(failOpen)
  }
})

it('has the phone log in again when WeChat has not seen the person for two hours', async () => {
  const checked = await open()
  checked.stage.emulator.clock.advance(2 * HOUR_MS + 1)
  expect((await upload(checked, 'png')).action).toBe('relogin')
})

it('asks nobody about avatars when only nicknames are checked', async () => {
  const checked = await open({ avatars: false })
  expect(addressOf(await upload(checked, 'gif'))).toMatch(/\.gif$/)
  expect(calls(checked.stage)).toEqual([])
})
