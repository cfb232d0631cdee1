import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, times, until, useEmulator } from '../test/phone.js'

useEmulator()

describe('listeners and instances', () => {
  it('47: a listener can leave while it is told, and one that throws breaks nobody', async () => {
    const { client } = await openPhone()
    const told: string[] = []
    const spy = console.error
    console.error = () => told.push('reported')
    const off = client.on('login', () => {
      told.push('first')
      off()
    })
    client.on('login', () => { throw new Error('mistake') })
    client.on('login', () => { told.push('third') })
    const session = await client.login()
    expect(told).toEqual(['first', 'reported', 'third'])
    await client.login({ force: true })
    console.error = spy
    expect(told).toEqual(['first', 'reported', 'third', 'reported', 'third'])
    expect(session.token).toBeTypeOf('string')
  })

  it('47: a listener that another one takes off is not told any more, not even of what is being told', async () => {
    const { client } = await openPhone()
    const told: string[] = []
    client.on('login', () => {
      told.push('first')
      off()
    })
    const off = client.on('login', () => { told.push('second') })
    client.on('login', () => { told.push('third') })
    await client.login()
    expect(told).toEqual(['first', 'third'])
  })

  it('48: two clients share no state: neither the login, nor the session, nor the listeners, nor the slots', async () => {
    const { client, another, backend, calls } = await openPhone()
    const other = another({ storageKey: 'other' })
    const told: string[] = []
    client.on('login', () => { told.push('login') })
    client.on('logout', () => { told.push('logout') })
    other.on('login', () => { told.push('login of the other') })
    other.on('logout', () => { told.push('logout of the other') })
    const [one, two] = await Promise.all([client.login(), other.login()])
    expect([calls('login'), one.token === two.token]).toEqual([2, false])
    const gate = backend.hold('/slow')
    const slow = times(9, () => failureOf(client.get('/slow')))
    await until(() => gate.waiting() === 9)
    expect((await other.get('/orders')).statusCode).toBe(200)
    await client.logout()
    await Promise.all(slow)
    expect([client.session, other.session]).toEqual([null, two])
    expect((await other.get('/orders')).statusCode).toBe(200)
    expect(told.sort()).toEqual(['login', 'login of the other', 'logout'])
    gate.release()
  })

  it('one session serves any number of requests after another', async () => {
    const { client, calls } = await openPhone()
    for (const round of times(3, (i) => i)) await Promise.all(times(12, () => client.get(`/orders/${round}`)))
    expect([calls('login'), calls('getStorageSync')]).toEqual([1, 1])
  })
})
