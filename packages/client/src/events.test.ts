import { describe, expect, it } from 'vitest'
import { openPhone, times, useEmulator } from '../test/phone.js'

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

  it('48: two clients share no state', async () => {
    const { client, another, calls } = await openPhone()
    const other = another({ storageKey: 'other' })
    await Promise.all([client.login(), other.login()])
    expect(calls('login')).toBe(2)
    await client.logout()
    expect((await other.get('/orders')).statusCode).toBe(200)
  })

  it('one session serves any number of requests after another', async () => {
    const { client, calls } = await openPhone()
    for (const round of times(3, (i) => i)) await Promise.all(times(12, () => client.get(`/orders/${round}`)))
    expect([calls('login'), calls('getStorageSync')]).toEqual([1, 1])
  })
})
