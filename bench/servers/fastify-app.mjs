// A Fastify application: one route bare, and the same route behind auth.verify().
import { createAuth } from '@tongxing/server'
import fastify from 'fastify'
import { options, ready } from './child.mjs'

const auth = await createAuth({ apps: [options.app], dataDir: options.dataDir, wechat: { emulator: true, baseURL: options.wechat } })
const app = fastify()
app.get('/token', (request) => auth.login({ appid: options.app.appid, code: request.query.code }))
app.get('/bare', async () => ({ hello: 'world' }))
app.get('/checked', async (request) => {
  await auth.verify(request.headers.authorization.slice('Bearer '.length))
  return { hello: 'world' }
})
ready(await app.listen({ port: 0, host: '127.0.0.1' }), async () => {
  await app.close()
  await auth.close()
})
