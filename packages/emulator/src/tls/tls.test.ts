import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'
import type { Emulator, EmulatorOptions } from '../emulator.js'
import { makeTlsIdentity } from './authority.js'
import { makeAuthority, makeHostIdentity } from './certificate.js'
import { oid, time } from './der.js'

const NOW = 1_795_000_000_000
const YEAR = 365 * 86_400_000

async function open(options: EmulatorOptions): Promise<Emulator> {
  const emulator = await createEmulator(options)
  onTestFinished(() => emulator.close())
  return emulator
}

/** As an SDK that has the host in its code: only the way to it, and the trust, are ours. */
function askWechat(emulator: Emulator, host: string, ca = emulator.tls?.ca): Promise<string> {
  const { port } = new URL(emulator.tls?.url ?? '')
  return new Promise((resolve, reject) => {
    const options = { host, path: '/sns/jscode2session', ca, port, agent: false as const, lookup: (_name: string, { all }: { all?: boolean }, done: (...found: unknown[]) => void) => all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4) }
    request(options as never, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => { text += chunk.toString() }).on('end', () => resolve(text))
    }).on('error', reject).end()
  })
}

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'emulator-ca-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

describe('an emulator with tls', () => {
  it.each(['api.weixin.qq.com', 'qyapi.weixin.qq.com', 'localhost', '127.0.0.1'])('is believed to be %s by whoever trusts its authority', async (host) => {
    expect(await askWechat(await open({ tls: true }), host)).toContain('appid missing')
  })

  it('is not believed by anybody else, nor for another name', async () => {
    const emulator = await open({ tls: true })
    await expect(askWechat(emulator, 'api.weixin.qq.com', (await open({ tls: true })).tls?.ca)).rejects.toThrow(/certificate/)
    await expect(askWechat(emulator, 'pay.weixin.qq.com')).rejects.toThrow(/altnames/)
  })

  it('speaks plain http beside it, with the same codes', async () => {
    const emulator = await open({ tls: true })
    expect(new URL(emulator.tls?.url ?? '').protocol).toBe('https:')
    expect((await fetch(`${emulator.url}/_emulator/state`)).status).toBe(200)
  })

  it('lets its own pages use the control API over https, and no other site', async () => {
    const emulator = await open({ tls: true })
    const { url = '', ca } = emulator.tls ?? {}
    const status = (origin: string) => new Promise<number | undefined>((resolve, reject) => {
      request(`${url}/_emulator/state`, { ca, headers: { origin } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject).end()
    })
    expect([await status(url), await status(url.replace('https:', 'http:')), await status('https://evil.test')]).toEqual([200, 403, 403])
  })

  it('has none without being asked', async () => {
    expect((await open({})).tls).toBeUndefined()
  })

  it('keeps its authority in a directory, the key for its owner only, and takes it up again', async () => {
    const kept = directory()
    const [first, second] = [await open({ tls: { directory: kept } }), await open({ tls: { directory: kept } })]
    expect(second.tls?.ca).toBe(first.tls?.ca)
    expect(second.tls?.caFile).toBe(join(kept, 'ca.pem'))
    expect(statSync(join(kept, 'ca-key.pem')).mode & 0o777).toBe(0o600)
    expect(await askWechat(second, 'api.weixin.qq.com', first.tls?.ca)).toContain('appid missing')
  })

  it('says so, and does not start, when what is kept does not fit together', async () => {
    const [one, two] = [directory(), directory()]
    makeTlsIdentity(one, NOW)
    const { ca } = makeTlsIdentity(two, NOW)
    writeFileSync(join(one, 'ca.pem'), ca)
    await expect(createEmulator({ clock: { now: () => NOW }, tls: { directory: one } })).rejects.toThrow('is not the key of')
  })
})

describe('the certificates', () => {
  it('are signed by the authority, for a year, and the authority by itself, for ten', () => {
    const { cert, ca } = makeTlsIdentity(undefined, NOW)
    const [host, authority] = [new X509Certificate(cert), new X509Certificate(ca)]
    expect([host.verify(authority.publicKey), authority.verify(authority.publicKey), host.checkIssued(authority)]).toEqual([true, true, true])
    expect([host.ca, authority.ca]).toEqual([false, true])
    expect(new Date(host.validTo).getTime() - NOW).toBe(397 * 86_400_000)
    expect(new Date(authority.validTo).getTime() - NOW).toBe(10 * YEAR)
    expect(host.subjectAltName).toBe('DNS:api.weixin.qq.com, DNS:qyapi.weixin.qq.com, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
    expect(host.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  it('are replaced before the authority ends', () => {
    const kept = directory()
    const { ca } = makeTlsIdentity(kept, NOW)
    expect(makeTlsIdentity(kept, NOW + 9 * YEAR).ca).toBe(ca)
    expect(makeTlsIdentity(kept, NOW + 10 * YEAR).ca).not.toBe(ca)
  })

  it('of the authority are worth nothing for a host that it may not vouch for, should its key be stolen', async () => {
    const authority = makeAuthority('test', ['localhost'], Date.now())
    const { publicKey } = new X509Certificate(authority.certificate)
    const forged = makeHostIdentity({ ...authority, name: 'test', publicKey }, ['bank.test'], Date.now())
    const honest = makeHostIdentity({ ...authority, name: 'test', publicKey }, ['localhost'], Date.now())
    expect([await handshake(forged, authority.certificate, 'bank.test'), await handshake(honest, authority.certificate, 'localhost')]).toEqual(['permitted subtree violation', 'ok'])
  })

  async function handshake({ certificate, privateKey }: ReturnType<typeof makeHostIdentity>, ca: string, servername: string): Promise<string> {
    const server = createServer({ cert: certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }, (socket) => void socket.end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    server.on('tlsClientError', () => {})
    const { port } = server.address() as { port: number }
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', servername, ca }, () => {
        resolve('ok')
        socket.destroy()
      })
      socket.on('error', (error: Error) => resolve(error.message))
    })
  }
})

it.each([['2.5.4.3', '0603550403'], ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'], ['1.3.6.1.5.5.7.3.1', '06082b06010505070301']])('writes the identifier %s as %s', (dotted, hex) => {
  expect(oid(dotted).toString('hex')).toBe(hex)
})

it('writes years from 2050 on with four digits', () => {
  expect([time(Date.UTC(2049, 11, 31)).toString('latin1', 2), time(Date.UTC(2050, 0, 1)).toString('latin1', 2)]).toEqual(['491231000000Z', '20500101000000Z'])
})
