// An application on node:http alone: one path bare, and the same answer behind auth.verify().
import { createServer } from 'node:http'
import { createAuth } from '@tongxing/server'
import { options, ready } from './child.mjs'

const auth = await createAuth({ apps: [options.app], dataDir: options.dataDir, wechat: { emulator: true, baseURL: options.wechat } })
const send = (response, value) => {
  const body = JSON.stringify(value)
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length }).end(body)
}
const server = createServer(async (request, response) => {
  if (request.url.startsWith('/token')) return send(response, await auth.login({ appid: options.app.appid, code: 'p0-node' }))
  if (request.url === '/checked') await auth.verify(request.headers.authorization.slice('Bearer '.length))
  send(response, { hello: 'world' })
})
server.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`, async () => {
  server.closeAllConnections()
  await auth.close()
}))
