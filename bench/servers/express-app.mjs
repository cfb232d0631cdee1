// An application of its own: one route bare, and the same route behind auth.verify(). Both are async, as a route that has work to do is: Express
// itself takes longer over an async one.
import { createAuth } from '@tongxing/server'
import express from 'express'
import { options, ready } from './child.mjs'

const auth = await createAuth({ apps: [options.app], dataDir: options.dataDir, wechat: { emulator: true, baseURL: options.wechat } })
const app = express()
app.get('/token', async (request, response) => {
  response.json(await auth.login({ appid: options.app.appid, code: request.query.code }))
})
app.get('/bare', async (request, response) => {
  await null
  response.json({ hello: 'world' })
})
app.get('/checked', async (request, response) => {
  await auth.verify(request.headers.authorization.slice('Bearer '.length))
  response.json({ hello: 'world' })
})
const server = app.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`, async () => {
  server.closeAllConnections()
  await auth.close()
}))
