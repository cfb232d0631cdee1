// Stands for WeChat: takes "pN-M" for a code of person N and answers after a delay.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { options, ready } from './child.mjs'

const server = createServer((request, response) => {
  const code = new URLSearchParams(request.url.slice(request.url.indexOf('?'))).get('js_code')
  const person = code.slice(0, code.indexOf('-'))
  const body = JSON.stringify({ openid: `o${person.padEnd(27, '_')}`, session_key: createHash('md5').update(code).digest('base64') })
  const answer = () => response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length }).end(body)
  if (options.delayMs) setTimeout(answer, options.delayMs)
  else answer()
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`, () => server.closeAllConnections()))
