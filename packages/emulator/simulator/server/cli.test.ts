import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const CLI = fileURLToPath(new URL('../../dist/simulator/server/cli.js', import.meta.url))

const SEED = fileURLToPath(new URL('../../runtime/fixtures/seed', import.meta.url))

interface Ended { code: number | null, out: string, err: string }

/** Runs the built executable; `onOutput` may end it. */
function run(args: string[], env: Record<string, string> = {}, onOutput?: (out: string, signal: (name: NodeJS.Signals) => void) => void): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, NODE_ENV: 'test', ...env } })
  let [out, err] = ['', '']
  child.stderr.on('data', (chunk) => { err += String(chunk) })
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
    onOutput?.(out, (name) => child.kill(name))
  })
  return new Promise((resolve) => { child.on('close', (code) => resolve({ code, out, err })) })
}

describe('tongxing-emulator', () => {
  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('prints where it is and what to try, and ends cleanly on %s', async (signal) => {
    const { code, out, err } = await run(['--port', '0'], {}, (text, send) => { if (text.includes('Ctrl-C')) send(signal) })
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/WeChat \(emulated\) {2}http:\/\/127\.0\.0\.1:\d+/)
    expect(out).toMatch(/appid +wxemu0123456789abc\nsecret +[0-9a-f]{32}/)
    expect(out).toMatch(/curl -s http.*_emulator\/login/)
  })

  it.each([[['--port', 'x']], [['--port', '70000']], [['--nonsense']], [['a', 'b']], [['--map', 'https://a.b=http://c']], [['x', '--map', 'api.example.com']], [['x', '--map', 'https://a.b/path=http://c']], [['--fault', 'wx.login']], [['--tls', '--tls-port', 'x']], [['--tls-dir', '/tmp']]])('answers %j with one line and exit code 2', async (args) => {
    const { code, out, err } = await run(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^tongxing-emulator: [^\n]+\n$/)
  })

  it('says of a port that is taken what to do', async () => {
    let second: Promise<Ended> | undefined
    const { code } = await run(['--port', '0'], {}, (text, send) => {
      const [, port = ''] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? []
      if (text.includes('Ctrl-C')) second ??= run(['--port', port]).finally(() => send('SIGINT'))
    })
    expect([code, await second]).toEqual([0, { code: 1, out: '', err: expect.stringMatching(/^tongxing-emulator: port \d+ is taken, perhaps by another emulator: end it, or choose another with --port N .*\n$/) as string }])
  })

  it('opens a page for a folder, and says where its requests go', async () => {
    const { code, out, err } = await run([SEED, '--port', '0', '--map', 'https://api.example.com=http://localhost:8080/'], {}, (text, send) => { if (text.includes('Ctrl-C')) send('SIGINT') })
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/Open the phone {5}http:\/\/127\.0\.0\.1:\d+\/ /)
    expect(out).toContain('https://api.example.com → http://localhost:8080\n')
  })

  it('speaks https with an authority that is kept, and says what to trust', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'emulator-ca-'))
    const { code, err, out } = await run(['--port', '0', '--tls', '--tls-port', '0', '--tls-dir', directory], {}, (text, send) => { if (text.includes('Ctrl-C')) send('SIGINT') })
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/https +https:\/\/127\.0\.0\.1:\d+ +as api\.weixin\.qq\.com; trust /)
    expect(readFileSync(join(directory, 'ca.pem'), 'utf8')).toContain('BEGIN CERTIFICATE')
    rmSync(directory, { recursive: true })
  })

  it('starts with the faults that it is given', async () => {
    let answer: Promise<unknown> | undefined
    const { code } = await run(['--port', '0', '--fault', '/sns/jscode2session errcode=45009 always', '--fault', 'storage'], {}, (text, send) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? []
      if (url !== undefined && text.includes('Ctrl-C')) answer ??= fetch(`${url}/sns/jscode2session`).then((response) => response.json()).finally(() => send('SIGINT'))
    })
    expect([code, await answer]).toEqual([0, expect.objectContaining({ errcode: 45009 })])
  })

  it('says what a folder without a mini program lacks', async () => {
    const { code, err } = await run([tmpdir(), '--port', '0'])
    expect([code, err]).toEqual([1, expect.stringMatching(/^tongxing-emulator: .* is no mini program: there is neither an app\.json[^\n]+\n$/)])
  })

  it('refuses NODE_ENV=production with exit code 1', async () => {
    const { code, err } = await run(['--port', '0'], { NODE_ENV: 'production' })
    expect([code, err]).toEqual([1, expect.stringContaining('NODE_ENV=production')])
  })

  it('lists its flags', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    for (const flag of ['--port', '--host', '--state', '--map', '--fault']) expect(out).toContain(flag)
  })
})
