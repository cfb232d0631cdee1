import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openStage, shareStage } from './stage.js'
import type { Stage } from './stage.js'

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

interface Upload { readonly status: number, readonly json: Record<string, unknown> }

async function send(stage: Stage, token: string | undefined, body: BodyInit, headers: Record<string, string> = {}): Promise<Upload> {
  const response = await fetch(`${stage.url}/v1/me/avatar`, { method: 'POST', body, headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers } })
  return { status: response.status, json: await response.json() as Record<string, unknown> }
}

function formOf(files: Record<string, Uint8Array>, fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const [name, bytes] of Object.entries(files)) form.append(name, new Blob([Uint8Array.from(bytes)], { type: 'text/html' }), '../../etc/passwd.html')
  return form
}

const upload = (stage: Stage, token: string | undefined, bytes: Uint8Array): Promise<Upload> => send(stage, token, formOf({ avatar: bytes }))
const urlOf = ({ json }: Upload): string => (json.profile as { avatarUrl: string }).avatarUrl
const files = (stage: Stage): string[] => {
  const folder = path.join(stage.dataDir, 'avatars')
  return existsSync(folder) ? readdirSync(folder) : []
}

it('takes the picture that the user chose, and serves it by its content, whatever name and type came with it', async () => {
  const stage = await openStage()
  const token = await stage.login()
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '小明' } })
  const answer = await upload(stage, token, PNG)
  expect(answer).toMatchObject({ status: 200, json: { profile: { nickname: '小明', source: 'user' } } })
  expect(urlOf(answer)).toMatch(/^\/v1\/avatars\/[A-Za-z0-9_-]{22}\.png$/)
  const picture = await fetch(stage.url + urlOf(answer))
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(PNG)
  expect(Object.fromEntries(picture.headers)).toMatchObject({
    'content-type': 'image/png', 'x-content-type-options': 'nosniff', 'content-security-policy': 'default-src \'none\'; sandbox',
    'content-disposition': 'inline; filename="avatar.png"', 'cache-control': 'public, max-age=86400, immutable',
  })
  expect((await fetch(stage.url + urlOf(answer), { method: 'HEAD' })).headers.get('content-length')).toBe(String(PNG.length))
})

it('removes the picture before when another is taken, and tells the new one at the next login', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const [first, second] = [await upload(stage, token, PNG), await upload(stage, token, GIF)]
  expect((await fetch(stage.url + urlOf(first))).status).toBe(404)
  expect(files(stage)).toEqual([path.basename(urlOf(second))])
  const login = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect((login.json.user as { profile: { avatarUrl: string } }).profile.avatarUrl).toBe(urlOf(second))
})

it('tells the whole address when it knows where it is reached', async () => {
  const stage = await openStage({ server: { publicURL: 'https://api.example.com/auth/' } })
  expect(urlOf(await upload(stage, await stage.login(), PNG))).toMatch(/^https:\/\/api\.example\.com\/auth\/v1\/avatars\//)
})

it('takes a file of any field name, beside other fields, as wx.uploadFile sends it', async () => {
  const stage = await openStage()
  expect((await send(stage, await stage.login(), formOf({ file: PNG }, { scene: '1' }))).status).toBe(200)
})

it('IN-AVATAR-CONSENT, T62: stores no picture before the user has agreed to the profile', async () => {
  const stage = await openStage({ server: { consents: { profile: '2' } } })
  const token = await stage.login()
  expect((await upload(stage, token, PNG)).json).toMatchObject({ status: 403, code: 'consent_required' })
  expect(files(stage)).toEqual([])
  await stage.send('PUT', '/v1/me/consents/profile', { token, body: { version: '2' } })
  expect((await upload(stage, token, PNG)).status).toBe(200)
})

it.each<[string, Uint8Array, number, string]>([
  ['IN-AVATAR-PICTURE: an empty file', Buffer.alloc(0), 422, 'profile_rejected'],
  ['IN-AVATAR-PICTURE: SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 422, 'profile_rejected'],
  ['IN-AVATAR-PICTURE: HTML', Buffer.from('<script>alert(1)</script>'), 422, 'profile_rejected'],
  ['IN-AVATAR-PICTURE: half a picture', PNG.subarray(0, 40), 422, 'profile_rejected'],
  ['IN-AVATAR-SIZE: 2 MiB and a byte', Buffer.alloc(2 * 1024 * 1024 + 1), 413, 'body_too_large'],
  ['IN-AVATAR-SIZE: 5 MiB', Buffer.alloc(5 * 1024 * 1024), 413, 'body_too_large'],
])('refuses %s, and keeps nothing of it', async (_name, bytes, status, code) => {
  const stage = await openStage()
  expect((await upload(stage, await stage.login(), bytes)).json).toMatchObject({ status, code })
  expect(files(stage)).toEqual([])
})

const quiet = shareStage()
const part = (boundary: string, ...lines: string[]): string => [`--${boundary}`, ...lines].join('\r\n')

it.each<[string, string, string, number, string]>([
  ['a JSON body', 'application/json', '{}', 415, 'unsupported_media_type'],
  ['no boundary', 'multipart/form-data', '--x--', 415, 'unsupported_media_type'],
  ['another boundary than its own', 'multipart/form-data; boundary=y', `${part('x', 'Content-Disposition: form-data; name="a"; filename="a"', '', 'b')}\r\n--x--`, 400, 'validation_failed'],
  ['no end', 'multipart/form-data; boundary=x', part('x', 'Content-Disposition: form-data; name="a"; filename="a"', '', 'b'), 400, 'validation_failed'],
  ['no file', 'multipart/form-data; boundary=x', `${part('x', 'Content-Disposition: form-data; name="a"', '', 'b')}\r\n--x--`, 400, 'validation_failed'],
  ['no part', 'multipart/form-data; boundary=x', '--x--', 400, 'validation_failed'],
  ['an empty body', 'multipart/form-data; boundary=x', '', 400, 'validation_failed'],
  ['100 parts', 'multipart/form-data; boundary=x', `${Array.from({ length: 100 }, () => `${part('x', 'Content-Disposition: form-data; name="a"', '', 'b')}\r\n`).join('')}--x--`, 400, 'validation_failed'],
])('IN-AVATAR-FORM: refuses a form with %s', async (_name, type, body, status, code) => {
  expect((await send(quiet(), await quiet().login(), body, { 'content-type': type })).json).toMatchObject({ status, code })
})

it('IN-AVATAR-FORM: refuses two files, and an upload without a session', async () => {
  const stage = await openStage()
  expect((await send(stage, await stage.login(), formOf({ a: PNG, b: PNG }))).json.code).toBe('validation_failed')
  expect((await upload(stage, undefined, PNG)).json.code).toBe('token_missing')
})

it.each(['x.png', '../tongxing.db', '..%2Ftongxing.db', `${'A'.repeat(22)}.png`, `${'A'.repeat(22)}.svg`, `${'A'.repeat(22)}.png.part`])('IN-AVATAR-ID: serves nothing for %s', async (id) => {
  expect((await quiet().send('GET', `/v1/avatars/${id}`)).status).toBe(404)
})

it('removes pictures that nobody took, however a server ended', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const kept = await upload(stage, token, PNG)
  const folder = path.join(stage.dataDir, 'avatars')
  const stays = path.basename(urlOf(kept))
  const save = async (id: string): Promise<void> => {
    writeFileSync(path.join(folder, id), PNG)
    throw new Error('ended here')
  }
  const dying = { save, open: async () => null, remove: async () => undefined }
  await stage.restart({ avatars: dying })
  expect((await upload(stage, token, PNG)).status).toBe(503)
  expect(files(stage)).toHaveLength(2)
  await stage.restart()
  expect(files(stage)).toHaveLength(2)
  stage.emulator.clock.advance(61 * 60_000)
  await stage.restart()
  expect(files(stage)).toEqual([stays])
})

/** An upload that has begun and does not end until it is told to; what the server says of it. */
function beginUpload(stage: Stage, token: string): { said: Promise<string>, finish: () => void, breakOff: () => void } {
  const { hostname, port } = new URL(stage.url)
  const body = Buffer.concat([Buffer.from('--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'), PNG, Buffer.from('\r\n--x--\r\n')])
  const head = `POST /v1/me/avatar HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${body.length}\r\n\r\n`
  const socket = connect(Number(port), hostname, () => socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, 50)])))
  const said = new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => { text += chunk.toString() }).on('error', () => undefined).on('close', () => resolve(text))
  })
  return { said, finish: () => void socket.write(body.subarray(50)), breakOff: () => void socket.destroy() }
}

it('IN-AVATAR-MANY, T41: of one user two uploads are taken at once, of all together 64; who has to wait is told before his picture is read, and a place is free again when an upload ends', async () => {
  const stage = await openStage({ emulator: { people: Array.from({ length: 33 }, () => ({})) } })
  const tokens = await Promise.all(stage.emulator.people.map(({ id }) => stage.login(id)))
  const [mine, ...others] = tokens as [string, ...string[]]
  const begun = [beginUpload(stage, mine), beginUpload(stage, mine), beginUpload(stage, mine)]
  const third = await Promise.race(begun.map(({ said }, i) => said.then((text) => ({ i, text }))))
  expect(third.text).toMatch(/^HTTP\/1\.1 429 .*"code":"rate_limited"/s)
  const standing = begun.filter((_upload, i) => i !== third.i)

  const rest = others.flatMap((token) => [beginUpload(stage, token), beginUpload(stage, token)])
  expect(await Promise.race(rest.map(({ said }) => said))).toMatch(/^HTTP\/1\.1 503 .*"code":"overloaded","action":"retry_later"/s)

  for (const { finish } of standing) finish()
  for (const { said } of standing) expect(await said).toMatch(/^HTTP\/1\.1 200 /)
  for (const { breakOff } of rest) breakOff()
  await expect.poll(async () => (await Promise.all(others.slice(0, 3).map((token) => upload(stage, token, PNG)))).map(({ status }) => status)).toEqual([200, 200, 200])
})
