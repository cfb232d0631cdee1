import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateKeyRing, rotateKeyFile } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { moduleOf } from './server-process.js'
import { countCalls, openStage } from './stage.js'

const [OLD, NEW] = [generateKeyRing(), generateKeyRing()]
const kidOf = (key: string): string => key.split(':')[0]!

it('F29: revoking a leaked key ends its tokens on every server, its phones log in again silently, and the other key’s tokens stand', async () => {
  const stage = await openStage({ server: { keys: OLD, feed: { pollMs: 10, maxAgeMs: 0 } } })
  const { device, client } = stage.phone()
  await client.ready()
  const leaked = await stage.login()
  await stage.restart({ keys: `${NEW},${OLD}` })
  device.domains['https://api.demo.test'] = stage.url
  const sound = await stage.login()
  const other = await stage.another({ keys: `${NEW},${OLD}` })
  expect((await stage.send('GET', '/v1/session', { token: leaked })).status).toBe(200)

  await stage.auth.keys.revoke(kidOf(OLD))
  for (const at of [stage.url, other.service.url]) {
    expect((await stage.send('GET', '/v1/session', { token: leaked, at })).json).toMatchObject({ code: 'session_revoked', reason: 'key_revoked', action: 'relogin' })
    expect((await stage.send('GET', '/v1/session', { token: sound, at })).status).toBe(200)
  }
  expect((await client.get('/v1/me')).statusCode).toBe(200)
  expect(countCalls(device, 'login')).toBe(2)
  expect((await stage.auth.audit.read({ limit: 1000 })).filter(({ event }) => event === 'key_revoked')).toMatchObject([{ subject: kidOf(OLD) }])
  expect(await stage.auth.keys.list()).toEqual([{ kid: kidOf(NEW), state: 'seals' }, { kid: kidOf(OLD), state: 'revoked' }])
})

it('F29: a revoked key stays revoked over a restart, and the key that seals cannot be revoked', async () => {
  const stage = await openStage({ server: { keys: OLD } })
  const leaked = await stage.login()
  await expect(stage.auth.keys.revoke(kidOf(OLD))).rejects.toThrow(/add a new one in front first/)
  await expect(stage.auth.keys.revoke('ffffffff')).rejects.toThrow(/no key ffffffff/)
  await stage.restart({ keys: `${NEW},${OLD}` })
  await stage.auth.keys.revoke(kidOf(OLD))
  await stage.restart({ keys: `${NEW},${OLD}` })
  expect((await stage.send('GET', '/v1/session', { token: leaked })).json).toMatchObject({ code: 'session_revoked' })
})

it('T21: phone numbers are moved to the new key, and read after the old one is retired', async () => {
  const stage = await openStage({ server: { keys: OLD } })
  const token = await stage.login()
  await stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) }, token)
  const { uid } = await stage.auth.verify(token)
  const number = await stage.auth.users.phoneOf(uid)
  await stage.restart({ keys: `${NEW},${OLD}` })
  expect([await stage.auth.keys.reseal(), await stage.auth.keys.reseal()]).toEqual([1, 0])
  await stage.restart({ keys: NEW })
  expect(number).toMatch(/^\+86\d{11}$/)
  expect(await stage.auth.users.phoneOf(uid)).toBe(number)
})

/** Changes the key file in a process of its own: says so when it is up, begins when told, and resolves with the kids that it made. */
function changer(dataDir: string, work: string): { up: Promise<void>, begin: () => void, made: Promise<string[]> } {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `
    import { retireFromKeyFile, rotateKeyFile } from ${moduleOf('index.js')}
    const dataDir = ${JSON.stringify(dataDir)}
    console.log('up')
    process.stdin.once('data', async () => {
      const made = []
      ${work}
      console.log(JSON.stringify(made))
      process.exit()
    })`], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => { child.kill('SIGKILL') })
  let [said, isUp] = ['', (): void => undefined]
  const up = new Promise<void>((resolve) => { isUp = resolve })
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    isUp()
  })
  const made = new Promise<string[]>((resolve, reject) => child.once('close', (code) => {
    if (code === 0) resolve(JSON.parse(said.split('\n')[1]!) as string[])
    else reject(new Error(`the process ended with ${code}`))
  }))
  return { up, begin: () => { child.stdin.write('go\n') }, made }
}

it('F28: two processes that rotate and retire keys of one file at the same moment lose none, and leave nothing but the file', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-keys-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const retired = [await rotateKeyFile(dataDir)]
  for (let i = 1; i < 15; i++) retired.push(await rotateKeyFile(dataDir))
  const stays = await rotateKeyFile(dataDir)
  const workers = [
    changer(dataDir, 'for (let i = 0; i < 15; i++) made.push(await rotateKeyFile(dataDir))'),
    changer(dataDir, `for (const kid of ${JSON.stringify(retired)}) { await retireFromKeyFile(dataDir, kid); made.push(await rotateKeyFile(dataDir)) }`),
  ]
  await Promise.all(workers.map(({ up }) => up))
  for (const { begin } of workers) begin()
  const made = await Promise.all(workers.map((worker) => worker.made))
  const { keys } = JSON.parse(readFileSync(path.join(dataDir, 'keys.json'), 'utf8')) as { keys: string }
  const kids = keys.split(',').map(kidOf)
  expect(kids).toHaveLength(2 + made.flat().length)
  expect(kids).toEqual(expect.arrayContaining([stays, ...made.flat()]))
  expect(kids.filter((kid) => retired.includes(kid))).toEqual([])
  expect(readdirSync(dataDir)).toEqual(['keys.json'])
})
