import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

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

  it.each([[['--port', 'x']], [['--port', '70000']], [['--nonsense']], [['stray']]])('answers %j with one line and exit code 2', async (args) => {
    const { code, out, err } = await run(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^tongxing-emulator: [^\n]+\n$/)
  })

  it('refuses NODE_ENV=production with exit code 1', async () => {
    const { code, err } = await run(['--port', '0'], { NODE_ENV: 'production' })
    expect([code, err]).toEqual([1, expect.stringContaining('NODE_ENV=production')])
  })

  it('lists its flags', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    for (const flag of ['--port', '--host', '--state']) expect(out).toContain(flag)
  })
})
