// Express with express-session in Redis, as its manual sets it up.
import { randomUUID } from 'node:crypto'
import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import { createClient } from 'redis'
import { ready } from './child.mjs'

const client = await createClient({ url: 'redis://127.0.0.1:6379' }).connect()
const prefix = `tongxing-bench:${randomUUID()}:`
const app = express()
app.use(session({ store: new RedisStore({ client, prefix }), secret: 'a secret of this measurement', resave: false, saveUninitialized: false }))
app.get('/cookie', (request, response) => {
  request.session.user = 'p'
  request.session.save(() => response.json({}))
})
app.get('/checked', (request, response) => response.status(request.session.user ? 200 : 401).json({ id: request.session.user }))
const server = app.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`, async () => {
  server.closeAllConnections()
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*` })) if (keys.length > 0) await client.del(keys)
  client.destroy()
}))
