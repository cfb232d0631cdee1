import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, settle, until, useEmulator } from '../test/phone.js'
import type { Client, Closing, ConnectOptions } from './index.js'

useEmulator()

const LONGEST_WAIT = 30_000

/** A connection, and what it told. */
function live(client: Client, options: Partial<ConnectOptions> = {}) {
  const told = { opened: 0, messages: [] as unknown[], drops: [] as Closing[], closings: [] as Closing[] }
  const connection = client.connect({
    url: '/live', onOpen: () => { told.opened++ }, onMessage: (data) => told.messages.push(data), onDrop: (closing) => told.drops.push(closing),
    onClose: (closing) => told.closings.push(closing), ...options,
  })
  return { ...connection, told }
}

describe('connect', () => {
  it('waits for the login, is signed, and carries text and bytes both ways', async () => {
    const { client, backend, calls } = await openPhone()
    const socket = live(client)
    expect(await failureOf(socket.send('early'))).toMatchObject({ code: 'NETWORK', retryable: true })
    await until(() => socket.told.opened === 1)
    await socket.send('hello')
    await socket.send(new Uint8Array([1, 2]).buffer)
    await until(() => socket.told.messages.length === 2)
    expect(socket.told.messages).toEqual(['hello', new Uint8Array([1, 2]).buffer])
    expect([calls('login'), backend.sockets[0]?.token]).toEqual([1, client.session?.token])
    socket.close(3001, 'bye')
    expect(socket.told.closings).toEqual([{ code: 3001, reason: 'bye' }])
    await settle()
    expect([backend.sockets.length, socket.told.drops.length]).toEqual([1, 0])
  })

  it('54: it is signed anew at each connect, with the newest session', async () => {
    const { client, backend, clock } = await openPhone()
    const socket = live(client)
    await until(() => socket.told.opened === 1)
    const { token } = await client.login({ force: true })
    backend.sockets[0]?.socket.close(1012, 'restart')
    await until(() => socket.told.drops.length === 1)
    expect(socket.told.drops).toEqual([{ code: 1012, reason: 'restart' }])
    clock.advance(LONGEST_WAIT)
    await until(() => socket.told.opened === 2)
    expect(backend.sockets[1]?.token).toBe(token)
  })

  it('54: closed with 4401 it gets a new session, then connects again', async () => {
    const { client, backend, clock, calls } = await openPhone()
    const socket = live(client)
    await until(() => socket.told.opened === 1)
    backend.kill()
    backend.sockets[0]?.socket.close(4401, 'expired')
    await until(() => socket.told.drops.length === 1)
    clock.advance(LONGEST_WAIT)
    await until(() => socket.told.opened === 2)
    expect([calls('login'), backend.refusedHandshakes, backend.sockets[1]?.token]).toEqual([2, 0, backend.tokens[1]])
  })

  it('54: a handshake refused with 401 leads to a new session too', async () => {
    const { client, backend, clock, calls } = await openPhone()
    await client.login()
    backend.kill()
    const socket = live(client)
    await until(() => socket.told.drops.length === 1)
    clock.advance(LONGEST_WAIT)
    await until(() => socket.told.opened === 1)
    expect([calls('login'), backend.refusedHandshakes]).toEqual([2, 1])
  })

  it('54: a session ended on purpose ends the connection for good', async () => {
    const { client, backend, clock, calls } = await openPhone()
    const socket = live(client)
    await until(() => socket.told.opened === 1)
    backend.kill('session_revoked')
    backend.sockets[0]?.socket.close(4401)
    await until(() => socket.told.drops.length === 1)
    clock.advance(LONGEST_WAIT)
    await until(() => socket.told.closings.length === 1)
    expect(socket.told.closings[0]).toMatchObject({ error: { code: 'SIGNED_OUT' } })
    expect([calls('login'), client.session]).toEqual([1, null])
  })

  it('54: a server that refuses for ever is asked less and less often, and nobody logs in', async () => {
    const { client, backend, clock, calls } = await openPhone()
    const socket = live(client, { url: '/nowhere' })
    await until(() => socket.told.opened === 1)
    const waits: number[] = []
    for (let round = 1; round <= 7; round++) {
      backend.sockets.at(-1)?.socket.close(1011)
      await until(() => socket.told.drops.length === round)
      const wait = clock.nextDue()
      waits.push(wait)
      clock.advance(wait)
      await until(() => socket.told.opened === round + 1)
    }
    // Up to half of each is left to chance; the tests' clock goes on a little by itself.
    for (const [round, wait] of waits.entries()) {
      const longest = Math.min(1000 * 2 ** round, LONGEST_WAIT)
      expect(wait).toBeGreaterThan(longest / 2 - 200)
      expect(wait).toBeLessThanOrEqual(longest)
    }
    expect([waits.length, calls('login')]).toEqual([7, 1])
  })

  it('a log-out ends it, and so does the server with 1000', async () => {
    const { client, backend } = await openPhone()
    const [first, second] = [live(client), live(client)]
    await until(() => first.told.opened + second.told.opened === 2)
    backend.sockets[0]?.socket.close(1000, 'done')
    await until(() => first.told.closings.length + second.told.closings.length === 1)
    await client.logout()
    expect([...first.told.closings, ...second.told.closings].map(({ code, error }) => error?.code ?? code).sort()).toEqual([1000, 'SIGNED_OUT'])
  })

  it('a token never goes to another host', async () => {
    const { client } = await openPhone()
    for (const url of ['wss://evil.test/', 'wss://api.demo.test.evil.test/', 'https://api.demo.test/live']) expect(() => client.connect({ url })).toThrow(TypeError)
    const socket = live(client, { url: 'wss://api.demo.test/live' })
    await until(() => socket.told.opened === 1)
    socket.close()
  })

  it('a login that is refused ends it, with the reason', async () => {
    const { client, backend } = await openPhone()
    backend.answer('/v1/login', 'wx_user_blocked')
    const socket = live(client)
    await until(() => socket.told.closings.length === 1)
    expect(socket.told.closings[0]?.error).toMatchObject({ code: 'LOGIN_REFUSED' })
  })
})
