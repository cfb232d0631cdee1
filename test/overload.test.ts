import type { ServerResponse } from 'node:http'
import path from 'node:path'
import { serve } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'
import { openRelay } from './relay.js'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

/** LONG_TESTS=1 brings as many people as a launch in the news. */
const PEOPLE = process.env.LONG_TESTS ? 100_000 : 400

/** The address of a service without limits per address: all of these people come from this machine. */
async function serveAll(stage: Stage): Promise<string> {
  const service = await serve(stage.auth, { port: 0, limits: false, idleGraceMs: 0 })
  onTestFinished(() => service.close())
  return service.url
}

it('F09: logins beyond what one app may have under way and waiting are turned away with a Retry-After that spreads them over five seconds, before WeChat hears of them; sessions are checked all the while, and the codes log in later', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const held: ServerResponse[] = []
  let isSlow = true
  const relay = await openRelay(() => stage.emulator.url, (_url, response) => isSlow && held.push(response) > 0) // WeChat takes the call and says nothing
  await stage.restart({ wechat: { baseURL: relay.url, connections: 4, queue: 6, timeoutMs: 20_000 } })

  const at = await serveAll(stage)
  const login = (code: string): Promise<Reply> => stage.send('POST', '/v1/login', { body: { appid: stage.appid, code }, at })
  const refused: (Reply & { code: string })[] = []
  await new Promise<void>((resolve) => {
    for (const code of Array.from({ length: 100 }, () => stage.code())) {
      void login(code).then((reply) => { if (refused.push({ ...reply, code }) === 96) resolve() })
    }
  })
  for (const { status, json } of refused) expect([status, json.code, json.action]).toEqual([503, 'overloaded', 'retry_later'])
  const secondsTold = refused.map(({ headers }) => headers.get('retry-after'))
  expect([...new Set(secondsTold)].sort()).toEqual(['1', '2', '3', '4', '5'])
  for (const second of new Set(secondsTold)) expect(secondsTold.filter((at) => at === second).length).toBeLessThan(refused.length / 2)
  expect(relay.requests).toHaveLength(4)
  for (let i = 0; i < 20; i++) expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)

  isSlow = false
  for (const response of held) response.destroy()
  for (const { code } of refused.slice(0, 10)) expect((await login(code)).status).toBe(200)
})

it(`F08: ${PEOPLE} people who come at once are all logged in, nobody twice and no two as one, and sessions are checked meanwhile`, async () => {
  // All of it, WeChat and the phones too, in one process: the deadline of a call would be a bound on the machine.
  const stage = await openStage({ emulator: { people: Array.from({ length: PEOPLE }, (_, i) => ({ id: `person${i}` })) }, server: { wechat: { timeoutMs: 60_000 } } })
  const at = await serveAll(stage)
  const waiting = stage.emulator.people.map(({ id }) => id)
  const users: { uid: string, isNew: boolean }[] = []
  const statuses = new Set<number>()
  const comeIn = async (): Promise<void> => {
    for (let person = waiting.pop(); person !== undefined; person = waiting.pop()) {
      const { status, json } = await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code({ person }) }, at })
      statuses.add(status)
      users.push(json.user as { uid: string, isNew: boolean })
      for (let i = 0; i < 5; i++) statuses.add((await stage.send('GET', '/v1/session', { token: json.token as string, at })).status)
    }
  }
  await Promise.all(Array.from({ length: 256 }, comeIn))
  expect(statuses).toEqual(new Set([200]))
  expect([users.length, users.every(({ isNew }) => isNew), new Set(users.map(({ uid }) => uid)).size]).toEqual([PEOPLE, true, PEOPLE])
  expect(await stage.auth.audit.verify()).toMatchObject({ intact: true, events: PEOPLE })
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  expect(db.all('select count(distinct s.id) as sessions, count(distinct i.openid) as identities from users u join sessions s on s.uid = u.uid join identities i on i.uid = u.uid')).toEqual([{ sessions: PEOPLE, identities: PEOPLE }])
  db.close()
}, process.env.LONG_TESTS ? 1_800_000 : 120_000)
