import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createEmulator, parseRule } from '#emulator'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { openSimulator } from '../../dist/simulator/server/index.js'

// The same rules, set in each of the four ways, do the same.
const SEED = fileURLToPath(new URL('../../runtime/fixtures/seed', import.meta.url))
const CLI = fileURLToPath(new URL('../../dist/simulator/server/cli.js', import.meta.url))
const WHERE = '/sns/jscode2session'

/** What a server sees of WeChat's answer, in one word or two. */
async function exchange(url: string): Promise<string> {
  const answer = await fetch(`${url}${WHERE}?appid=x`).catch(() => undefined)
  if (answer === undefined) return 'cut off'
  const text = await answer.text()
  if (text.startsWith('<')) return `web page ${answer.status}`
  try {
    return `errcode ${(JSON.parse(text) as { errcode: number }).errcode}`
  } catch {
    return text.startsWith('{"errcode":41004') ? 'half' : 'garbled'
  }
}

async function late(url: string): Promise<string> {
  const isDue = async () => (await (await fetch(`${url}/_emulator/faults`)).json() as { faults: { line: string }[] }).faults.some(({ line }) => line.includes('delayMs'))
  let arrived = false
  const answer = exchange(url).then((seen) => {
    arrived = true
    return seen
  })
  // Once the rule is used up, the call waits for the clock.
  await expect.poll(isDue).toBe(false)
  const before = arrived
  await fetch(`${url}/_emulator/clock`, { method: 'POST', body: JSON.stringify({ advanceMs: 5000 }) })
  return `${before ? 'at once' : 'late'}, ${await answer}`
}

async function store(url: string): Promise<string> {
  const base = `${url}/_emulator/simulator/phones/1`
  const launch = /"launch":(\d+)/.exec(await (await fetch(base)).text())?.[1] ?? ''
  const socket = new WebSocket(`${base.replace('http', 'ws')}/socket?${launch}`)
  await new Promise((resolve) => { socket.once('open', resolve) })
  const answer = new Promise<Buffer>((resolve) => { socket.once('message', resolve) })
  socket.send(JSON.stringify({ type: 'call', id: 1, api: 'setStorage', options: { key: 'a', data: 1 }, tap: false }))
  const { result } = JSON.parse((await answer).toString()) as { result: { errMsg: string } }
  socket.close()
  return result.errMsg
}

/** A rule, how it is looked at, and what is seen while it holds. */
const RULES: readonly (readonly [rule: string, look: (url: string) => Promise<string>, seen: string])[] = [
  [`${WHERE} errcode=45009`, exchange, 'errcode 45009'],
  [`${WHERE} delayMs=5000`, late, 'late, errcode 41004'],
  [`${WHERE} drop`, exchange, 'cut off'],
  [`${WHERE} truncate`, exchange, 'half'],
  [`${WHERE} garble`, exchange, 'garbled'],
  [`${WHERE} html502`, exchange, 'web page 502'],
  ['storage', store, 'setStorage:fail Failed To Send Sync'],
]

type Way = (line: string) => Promise<unknown>

/** An emulator with the simulator's page, and three ways to give it a rule. */
async function open(): Promise<{ url: string, ways: Readonly<Record<'code' | 'control API' | 'page', Way>> }> {
  const emulator = await createEmulator()
  onTestFinished(() => emulator.close())
  openSimulator(emulator, { folder: SEED, say: () => undefined })
  const post = async (route: string, body: object) => {
    const answer = await fetch(`${emulator.url}/_emulator/${route}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)])
  }
  return {
    url: emulator.url,
    ways: {
      code: async (line) => emulator.fault(parseRule(line)),
      'control API': async (line) => post('faults', parseRule(line)),
      page: async (line) => post('simulator/do/add-fault', { line }),
    },
  }
}

it.each(['code', 'control API', 'page'] as const)('a rule set by %s does what it says, once', async (way) => {
  const { url, ways } = await open()
  for (const [rule, look, seen] of RULES) {
    await ways[way](rule)
    expect([rule, await look(url)]).toEqual([rule, seen])
  }
  expect([await exchange(url), await store(url)]).toEqual(['errcode 41004', 'setStorage:ok'])
})

it('rules set by the command line do what they say, one after the other', async () => {
  const child = spawn(process.execPath, [CLI, SEED, '--port', '0', ...RULES.flatMap(([rule]) => ['--fault', rule])], { env: { ...process.env, NODE_ENV: 'test', LC_ALL: 'C' } })
  onTestFinished(() => { child.kill() })
  const url = await new Promise<string>((resolve, reject) => {
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.on('exit', () => reject(new Error(out)))
  })
  const seen: string[] = []
  for (const [, look] of RULES) seen.push(await look(url))
  expect(seen).toEqual(RULES.map(([, , expected]) => expected))
})
