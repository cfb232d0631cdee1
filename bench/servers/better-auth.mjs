// better-auth on SQLite, without its cookie cache: a session is looked up at every request.
import { createServer } from 'node:http'
import path from 'node:path'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { options, ready } from './child.mjs'

const database = new Database(path.join(options.dataDir, 'better-auth.db'))
database.pragma('journal_mode = WAL')
const auth = betterAuth({
  baseURL: 'http://127.0.0.1', secret: 'a secret of this measurement, and of nothing else',
  database: { db: new Kysely({ dialect: new SqliteDialect({ database }) }), type: 'sqlite' },
  emailAndPassword: { enabled: true }, rateLimit: { enabled: false }, telemetry: { enabled: false },
})
await (await getMigrations(auth.options)).runMigrations()
const { headers } = await auth.api.signUpEmail({ body: { name: 'p', email: 'p@example.com', password: 'a long password' }, returnHeaders: true })
const cookie = headers.getSetCookie().map((one) => one.split(';', 1)[0]).join('; ')

const server = createServer(async (request, response) => {
  if (request.url === '/cookie') return response.end(cookie)
  const session = await auth.api.getSession({ headers: new Headers({ cookie: request.headers.cookie }) })
  response.writeHead(session ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify({ id: session?.user.id }))
})
server.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`, () => server.closeAllConnections()))
