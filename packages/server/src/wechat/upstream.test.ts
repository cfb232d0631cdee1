import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createUpstream } from './upstream.js'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const close of opened.splice(0).toReversed()) await close() })

it('SEC-WX-NO-TIMEOUT: a call whose deadline passes while it waits for a connection is never sent afterwards', async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url!)
    if (request.url!.startsWith('/last')) response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => new Promise((resolve) => server.close(resolve)))
  const upstream = createUpstream({ baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 200, connections: 1 })
  opened.push(() => upstream.close())

  const [sent, waiting] = await Promise.allSettled([upstream.get('/sent', {}), upstream.get('/waiting', { js_code: 'c' })])
  expect([sent, waiting]).toMatchObject([{ reason: { code: 'wx_timeout' } }, { reason: { code: 'wx_timeout' } }])
  expect(await upstream.get('/last', {})).toBe('{}')
  expect(seen).toEqual(['/sent?', '/last?'])
})
