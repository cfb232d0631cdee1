import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, useEmulator } from '../test/phone.js'

useEmulator()

const options = { client: { webviewHosts: ['h5.example.com', 'h5.example.com:8443'] } }

describe('webviewTicket', () => {
  it.each([
    ['https://h5.example.com', 'https://h5.example.com?ticket=a%2Fticket'],
    ['https://h5.example.com/orders?a=1#/list', 'https://h5.example.com/orders?a=1&ticket=a%2Fticket#/list'],
    ['https://H5.example.com:8443/#a#b', 'https://H5.example.com:8443/?ticket=a%2Fticket#a#b'],
  ])('%s becomes %s: a ticket, never the session', async (url, wanted) => {
    const { client, backend } = await openPhone(options)
    expect(await client.webviewTicket(url)).toBe(wanted)
    expect(backend.to('/v1/tickets')).toMatchObject([{ method: 'POST', token: client.session?.token }])
  })

  it.each([
    'http://h5.example.com/', 'https://evil.test/', 'https://h5.example.com.evil.test/', 'https://h5.example.com@evil.test/', 'https://h5.example.com\\@evil.test/',
    'https://h5.example.com:444/', '//h5.example.com/', 'javascript:1', '', 'https://evil.test/#https://h5.example.com/',
  ])('%j is refused: its host is not on the list, and no ticket is made', async (url) => {
    const { client, backend } = await openPhone(options)
    await expect(client.webviewTicket(url)).rejects.toThrow(TypeError)
    expect(backend.received).toHaveLength(0)
  })

  it('without a list every host is refused', async () => {
    const { client } = await openPhone()
    await expect(client.webviewTicket('https://h5.example.com')).rejects.toThrow(/webviewHosts/)
  })

  it('rejects as the server says', async () => {
    const { client, backend } = await openPhone(options)
    backend.answer('/v1/tickets', 'store_unavailable')
    expect(await failureOf(client.webviewTicket('https://h5.example.com'))).toMatchObject({ code: 'REFUSED', action: 'retry_later', retryable: true })
  })
})
