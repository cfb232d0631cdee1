import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEmulator } from './emulator.js'
import type { Emulator, EmulatorOptions } from './emulator.js'

let directory: string
const open: Emulator[] = []
const start = async (options?: EmulatorOptions) => {
  const emulator = await createEmulator(options)
  open.push(emulator)
  return emulator
}

beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'emulator-')) })
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
  rmSync(directory, { recursive: true })
})

describe('starting', () => {
  it('has one demo app and one demo person', async () => {
    const { apps, people, url } = await start()
    expect(apps.map((app) => app.appid)).toEqual(['wxemu0123456789abc'])
    expect(people.map((person) => person.nickName)).toEqual(['小明'])
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('refuses NODE_ENV=production', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    await expect(createEmulator()).rejects.toThrow('does not start with NODE_ENV=production')
  })

  it('refuses real AppIDs', async () => {
    await expect(createEmulator({ apps: [{ appid: 'wx4f4bc4dec97d474b' }] })).rejects.toThrow('the emulator refuses real AppIDs')
  })

  it('says so when the port is taken', async () => {
    const { url } = await start()
    await expect(createEmulator({ port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE')
  })

  it('gives the same ids, codes and keys with the same seed', async () => {
    const [a, b] = [await start({ seed: 'x' }), await start({ seed: 'x' })]
    const user = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
    expect(a.apps).toEqual(b.apps)
    expect(a.issueCode(user)).toBe(b.issueCode(user))
  })

  it('refuses a person id that is taken, and unknown apps and people', async () => {
    const emulator = await start()
    expect(() => emulator.addPerson({ id: 'xiaoming' })).toThrow('exists already')
    expect(() => emulator.issueCode({ appid: 'wxemu0123456789abc', person: 'nobody' })).toThrow('unknown person "nobody"')
    expect(() => emulator.issueCode({ appid: 'wxemu0000000000000', person: 'xiaoming' })).toThrow('known: wxemu0123456789abc')
  })
})

describe('the clock', () => {
  it('moves an injected clock rather than its own view of it', async () => {
    let time = 1000
    const { clock } = await start({ clock: { now: () => time, advance: (ms) => { time += ms } } })
    clock.advance(500)
    expect([time, clock.now()]).toEqual([1500, 1500])
  })

  it('moves ahead of an injected clock that cannot be moved', async () => {
    const { clock } = await start({ clock: { now: () => 1000 } })
    clock.advance(500)
    expect(clock.now()).toBe(1500)
  })

  it('refuses to go back', async () => {
    const { clock } = await start()
    expect(() => clock.advance(-1)).toThrow(RangeError)
  })
})

describe('the state file', () => {
  const user = { appid: 'wxemu0123456789abc', person: 'xiaoming' }

  it('keeps secrets, people and openids over a restart, in a file for its owner only', async () => {
    const stateFile = join(directory, 'state.json')
    const first = await createEmulator({ stateFile, people: [{ id: 'xiaoming', unionid: 'oUnion' }] })
    first.openDevice(user)
    const { openid, secret } = await loginOf(first)
    await first.close()
    const second = await start({ stateFile })
    expect(second.people).toEqual(first.people)
    expect(await loginOf(second)).toMatchObject({ openid, secret })
    expect(statSync(stateFile).mode & 0o777).toBe(0o600)
  })

  it('adds only apps and people that the file does not hold', async () => {
    const stateFile = join(directory, 'state.json')
    await (await createEmulator({ stateFile, apps: [{ appid: 'wxemu00000000000aa', name: 'old' }] })).close()
    const { apps } = await start({ stateFile, apps: [{ appid: 'wxemu00000000000aa', name: 'new' }, { name: 'nameless' }, { appid: 'wxemu00000000000bb' }] })
    expect(apps.map((app) => app.name)).toEqual(['old', 'wxemu00000000000bb'])
  })

  it('is written shortly after a change, not only at the end', async () => {
    const stateFile = join(directory, 'state.json')
    const emulator = await start({ stateFile })
    emulator.addPerson({ id: 'late' })
    await vi.waitFor(() => expect(readFileSync(stateFile, 'utf8')).toContain('late'))
  })

  it.each(['{', '[]', 'null', '{"version":2}'])('is refused when it holds %s', async (text) => {
    const stateFile = join(directory, 'state.json')
    writeFileSync(stateFile, text)
    await expect(createEmulator({ stateFile })).rejects.toThrow('is not a state file of the emulator')
  })

  it.each([
    [{ apps: [{}] }, '"apps[0].appid" is missing'],
    [{ apps: [{ appid: 'wx1234567890abcdef' }] }, '"apps[0].appid" makes no sense: "wx1234567890abcdef"'],
    [{ people: [{ id: 'a b' }] }, '"people[0].id" makes no sense: "a b"'],
    [{ openids: [['one']] }, '"openids[0]" must be two texts'],
  ])('is refused when it holds %j, saying what is wrong', async (part, problem) => {
    const stateFile = join(directory, 'state.json')
    writeFileSync(stateFile, JSON.stringify({ version: 1, apps: [], people: [], openids: [], unionids: [], ...part }))
    await expect(createEmulator({ stateFile })).rejects.toThrow(`cannot be used: ${problem}; mend it, or delete it to start afresh`)
  })

  async function loginOf(emulator: Emulator): Promise<{ openid: string, secret: string }> {
    const { secret = '' } = emulator.apps[0] ?? {}
    const query = new URLSearchParams({ appid: user.appid, secret, js_code: emulator.issueCode(user), grant_type: 'authorization_code' })
    const { openid } = await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as { openid: string }
    return { openid, secret }
  }
})
