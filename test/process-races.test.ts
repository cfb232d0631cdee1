import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { APPS, PUSH, openServerPair } from './server-pair.js'
import type { Answered, ServerPair } from './server-pair.js'

/** LONG_TESTS=1 races often enough to believe in it. */
const ROUNDS = process.env.LONG_TESTS ? 60 : 4
const TIME = process.env.LONG_TESTS ? 900_000 : 60_000

let pair: ServerPair
// One key a round, and one more.
beforeAll(async () => { pair = await openServerPair(ROUNDS + 1) }, TIME)
afterAll(() => pair.close())

const inRounds = async (round: (i: number) => Promise<void>): Promise<void> => { for (let i = 0; i < ROUNDS; i++) await round(i) }
/** So many requests at once, every second one at the other server. */
const atOnce = <T>(count: number, ask: (side: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, side) => ask(side)))
const uidOf = ({ json }: Answered): string => (json.user as { uid: string }).uid
const statusesOf = (answers: readonly Answered[]): number[] => answers.map(({ status }) => status).sort((a, b) => a - b)
const callsOf = (name: string): number => pair.emulator.traffic.list().filter((step) => step.kind === 'call' && step.name.includes(name)).length

async function newUser(): Promise<{ person: string, uid: string, token: string }> {
  const person = pair.newPerson()
  const login = await pair.login(0, person)
  return { person, uid: uidOf(login), token: login.json.token as string }
}

async function bindPhone({ person, token }: { person: string, token: string }, side = 0): Promise<Answered> {
  return pair.ask(side, 'POST', '/v1/me/phone', { token, body: { code: pair.emulator.issuePhoneCode({ appid: APPS[0], person }) } })
}

it('SEC-BA-7W99, T04: 50 logins with one code in two processes: one user, one session, nobody gets a 5xx', () => inRounds(async () => {
  const body = { appid: APPS[0], code: pair.emulator.issueCode({ appid: APPS[0], person: pair.newPerson() }) }
  const answers = await atOnce(50, (side) => pair.ask(side, 'POST', '/v1/login', { body }))
  const accepted = answers.filter(({ status }) => status === 200)
  expect(new Set(accepted.map(({ json }) => json.token)).size).toBe(1)
  expect(pair.rows(`select id from sessions where uid = '${uidOf(accepted[0]!)}'`)).toHaveLength(1)
  for (const answer of answers) if (answer.status !== 200) expect(answer.json).toMatchObject({ status: 401, code: 'wx_code_used' })
}), TIME)

it('S9: 50 first logins of one person with 50 codes in two processes make one user', () => inRounds(async () => {
  const person = pair.newPerson()
  const answers = await atOnce(50, (side) => pair.login(side, person))
  expect(statusesOf(answers)).toEqual(answers.map(() => 200))
  expect([new Set(answers.map(uidOf)).size, answers.filter(({ json }) => (json.user as { isNew: boolean }).isNew).length]).toEqual([1, 1])
  expect(new Set(answers.map(({ json }) => json.token)).size).toBe(50)
}), TIME)

it('T36: first logins in two apps and two processes at once make one user of one unionid', () => inRounds(async () => {
  const person = pair.newPerson()
  const answers = await atOnce(12, (side) => pair.login(side, person, APPS[side % 4 < 2 ? 0 : 1]))
  expect(statusesOf(answers)).toEqual(answers.map(() => 200))
  expect([new Set(answers.map(uidOf)).size, answers.filter(({ json }) => (json.user as { isNew: boolean }).isNew).length]).toEqual([1, 1])
  expect(pair.rows(`select appid from identities where uid = '${uidOf(answers[0]!)}'`)).toHaveLength(2)
}), TIME)

it('T36: a unionid that appears late, in both apps and both processes at once, has one owner; every identity keeps its user', () => inRounds(async () => {
  const person = pair.newPerson()
  for (const app of pair.emulator.apps) app.unionScope = null
  const owners = [uidOf(await pair.login(0, person, APPS[0])), uidOf(await pair.login(1, person, APPS[1]))]
  for (const app of pair.emulator.apps) app.unionScope = 'one'
  const answers = await atOnce(12, (side) => pair.login(side, person, APPS[side % 4 < 2 ? 0 : 1]))
  expect(answers.map((answer) => answer.status === 200 && uidOf(answer))).toEqual(answers.map((_, side) => owners[side % 4 < 2 ? 0 : 1]))
  const named = owners.map((uid) => `'${uid}'`).join(',')
  const [union, ...others] = pair.rows(`select uid from unions where uid in (${named})`)
  expect([owners.includes(union?.uid as string), others]).toEqual([true, []])
  expect(pair.rows(`select i.uid from union_conflicts c join identities i on i.appid = c.appid and i.openid = c.openid where i.uid in (${named})`)).toEqual([{ uid: owners.find((uid) => uid !== union?.uid) }])
}), TIME)

it('F25, SEC-ORY-3692149: one ticket redeemed ten times in two processes is redeemed once', async () => {
  const { token } = await newUser()
  await inRounds(async () => {
    const { ticket } = (await pair.ask(0, 'POST', '/v1/tickets', { token })).json
    const answers = await atOnce(10, (side) => pair.ask(side, 'POST', '/v1/tickets/redeem', { token: pair.backendKey, body: { ticket } }))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers) if (answer.status !== 200) expect(answer.json).toMatchObject({ code: 'ticket_used' })
  })
}, TIME)

it('T09: one piece of encrypted data sent ten times to two processes is used once', async () => {
  const { person, token } = await newUser()
  await inRounds(async () => {
    const { encryptedData, iv } = pair.emulator.phoneDataOf({ appid: APPS[0], person })
    const answers = await atOnce(10, (side) => pair.ask(side, 'POST', '/v1/me/phone', { token, body: { encryptedData, iv } }))
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 9 }, () => 400)])
    for (const answer of answers) if (answer.status !== 200) expect(answer.json).toMatchObject({ code: 'encrypted_data_invalid' })
  })
}, TIME)

it('one code of the phone button sent ten times to two processes is bought once, and the number is bound', () => inRounds(async () => {
  const { person, token } = await newUser()
  const code = pair.emulator.issuePhoneCode({ appid: APPS[0], person })
  const before = callsOf('getuserphonenumber')
  const answers = await atOnce(10, (side) => pair.ask(side, 'POST', '/v1/me/phone', { token, body: { code } }))
  expect(callsOf('getuserphonenumber') - before).toBe(1)
  expect(answers.some(({ status }) => status === 200)).toBe(true)
  for (const answer of answers) if (answer.status !== 200) expect(answer.json).toMatchObject({ code: 'wx_code_used', action: 'ask_user' })
  expect((await pair.ask(1, 'GET', '/v1/me', { token })).json.phone).not.toBeNull()
}), TIME)

it('of two merges that cross each other in two processes one is done, and the other is told so', () => inRounds(async () => {
  const [a, b] = [await newUser(), await newUser()]
  const answers = await Promise.all([pair.admin(0, 'POST', `/admin/users/${a.uid}/merge`, { into: b.uid }), pair.admin(1, 'POST', `/admin/users/${b.uid}/merge`, { into: a.uid })])
  expect(statusesOf(answers)).toEqual([200, 409])
  expect(answers.find(({ status }) => status === 409)?.json).toMatchObject({ code: 'already_merged' })
  expect((await pair.auth.users.get(a.uid))?.uid).toBe((await pair.auth.users.get(b.uid))?.uid)
}), TIME)

it('of two equal merges in two processes one is done, and the other is told so', () => inRounds(async () => {
  const [a, b] = [await newUser(), await newUser()]
  const answers = await atOnce(2, (side) => pair.admin(side, 'POST', `/admin/users/${a.uid}/merge`, { into: b.uid }))
  expect(statusesOf(answers)).toEqual([200, 409])
  expect(await pair.auth.users.get(a.uid)).toMatchObject({ uid: b.uid, aliases: [a.uid] })
}), TIME)

it('merges of A into B and of B into C at once in two processes end in C with everything, the number readable', () => inRounds(async () => {
  const [a, b, c] = [await newUser(), await newUser(), await newUser()]
  await bindPhone(a)
  const number = await pair.auth.users.phoneOf(a.uid)
  const answers = await Promise.all([pair.admin(0, 'POST', `/admin/users/${a.uid}/merge`, { into: b.uid }), pair.admin(1, 'POST', `/admin/users/${b.uid}/merge`, { into: c.uid })])
  expect(statusesOf(answers)).toEqual([200, 200])
  const survivor = await pair.auth.users.get(a.uid)
  expect([survivor?.uid, survivor?.aliases.toSorted(), survivor?.identities.length]).toEqual([c.uid, [a.uid, b.uid].sort(), 3])
  expect([number, await pair.auth.users.phoneOf(c.uid)]).toEqual([expect.stringMatching(/^\+86/), number])
}), TIME)

it('one event of WeChat delivered to two processes at once takes effect once, and not again later', () => inRounds(async (round) => {
  const user = await newUser()
  await bindPhone(user)
  const { openid } = (await pair.auth.users.get(user.uid))!.identities[0]!
  const deliver = (event: string, info: object = {}) => atOnce(6, (side) => pair.ask(side, 'POST', signedPush(), { body: { ToUserName: 'gh_1', FromUserName: openid, OpenID: openid, AppID: APPS[0], CreateTime: round, MsgType: 'event', Event: event, ...info } }))
  const revoke = () => deliver('user_authorization_revoke', { RevokeInfo: '8' })
  expect((await revoke()).map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => 'success'))
  expect(await pair.auth.users.phoneOf(user.uid)).toBeNull()
  await bindPhone(user)
  await revoke()
  expect(await pair.auth.users.phoneOf(user.uid)).not.toBeNull()

  const receipts = pair.rows('select id from receipts').length
  expect((await deliver('user_authorization_cancellation')).map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => 'success'))
  expect(pair.rows('select id from receipts')).toHaveLength(receipts + 1)
  expect((await pair.ask(round, 'GET', '/v1/me', { token: user.token })).json).toMatchObject({ code: 'session_revoked' })
}), TIME)

// WeChat signs the stamp and the nonce, not the body.
function signedPush(): string {
  const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), '4711']
  const signature = createHash('sha1').update([PUSH.token, timestamp, nonce].sort().join('')).digest('hex')
  return `/v1/wechat/push/${APPS[0]}?${new URLSearchParams({ signature, timestamp, nonce }).toString()}`
}

it('SEC-BA-11335, T26: after a log-out everywhere in one process no older session is accepted in the other, whatever logs in meanwhile', () => inRounds(async (round) => {
  const person = pair.newPerson()
  const tokens = (await atOnce(4, (side) => pair.login(side, person))).map(({ json }) => json.token as string)
  const racing = atOnce(6, (side) => pair.login(side, person))
  const verifying = atOnce(12, (side) => pair.ask(side, 'GET', '/v1/session', { token: tokens[side % 4]! }))
  expect((await pair.ask(round, 'POST', '/v1/logout', { token: tokens[0]!, body: { everywhere: true } })).status).toBe(204)
  const checks = await Promise.all(tokens.map((token) => pair.ask(round + 1, 'GET', '/v1/session', { token })))
  expect(checks.map(({ json }) => json.code)).toEqual(tokens.map(() => 'session_revoked'))
  for (const { status, json } of await verifying) expect([200, 'session_revoked']).toContain(status === 200 ? 200 : json.code)
  expect(statusesOf(await racing)).toEqual(Array.from({ length: 6 }, () => 200))
  const { token } = (await pair.login(round, person)).json as { token: string }
  expect((await pair.ask(round + 1, 'GET', '/v1/session', { token })).status).toBe(200)
}), TIME)

it('F29: a key revoked in both processes at once opens no token from then on in either, whatever was being checked, and newer tokens stand', () => inRounds(async (round) => {
  const person = pair.newPerson()
  const key = pair.olderKeys[round]!
  const [leaked, sound] = [await pair.loginUnder(key, person), (await pair.login(round, person)).json.token as string]
  expect(statusesOf(await atOnce(2, (side) => pair.ask(side, 'GET', '/v1/session', { token: leaked })))).toEqual([200, 200])
  const verifying = atOnce(12, (side) => pair.ask(side, 'GET', '/v1/session', { token: leaked }))
  expect(statusesOf(await atOnce(2, (side) => pair.admin(side, 'POST', `/admin/keys/${key.split(':')[0]!}/revoke`)))).toEqual([204, 204])
  const checks = await atOnce(2, (side) => pair.ask(side, 'GET', '/v1/session', { token: leaked }))
  expect(checks.map(({ json }) => json)).toMatchObject([{ code: 'session_revoked', reason: 'key_revoked' }, { code: 'session_revoked', reason: 'key_revoked' }])
  for (const { status, json } of await verifying) expect([200, 'session_revoked']).toContain(status === 200 ? 200 : json.code)
  expect(statusesOf(await atOnce(2, (side) => pair.ask(side, 'GET', '/v1/session', { token: sound })))).toEqual([200, 200])
}), TIME)

interface Ended { readonly person: string, readonly uid: string, readonly token: string }

/** What ends a session in the second process, and what its phone hears in the first; `undo` puts right what concerns others too. */
const ENDS: readonly { readonly name: string, readonly end: (user: Ended) => Promise<Answered>, readonly refusal: object, readonly undo?: () => Promise<Answered> }[] = [
  { name: 'a log-out of this session', end: ({ token }) => pair.ask(1, 'POST', '/v1/logout', { token }), refusal: { code: 'session_revoked', reason: 'logout' } },
  { name: 'an end from another phone', end: endFromAnotherPhone, refusal: { code: 'session_revoked', reason: 'ended_elsewhere' } },
  { name: 'a ban', end: ({ uid }) => pair.admin(1, 'POST', `/admin/users/${uid}/ban`), refusal: { code: 'user_disabled' } },
  { name: 'a log-out of all sessions', end: ({ uid }) => pair.admin(1, 'DELETE', `/admin/users/${uid}/sessions`), refusal: { code: 'session_revoked', reason: 'logout_everywhere' } },
  { name: 'an erasure', end: ({ uid }) => pair.admin(1, 'POST', `/admin/users/${uid}/erase`), refusal: { code: 'session_revoked', reason: 'erased' } },
  { name: 'a merge', end: async ({ uid }) => pair.admin(1, 'POST', `/admin/users/${uid}/merge`, { into: (await newUser()).uid }), refusal: { code: 'session_revoked', reason: 'merged' } },
  { name: 'an app switched off', end: () => pair.admin(1, 'POST', `/admin/apps/${APPS[0]}/disable`), refusal: { code: 'app_disabled' }, undo: () => pair.admin(0, 'POST', `/admin/apps/${APPS[0]}/enable`) },
]

async function endFromAnotherPhone({ person, token }: Ended): Promise<Answered> {
  const { sessionId } = await pair.auth.verify(token)
  const other = (await pair.login(1, person)).json.token as string
  return pair.ask(1, 'DELETE', `/v1/sessions/${sessionId}`, { token: other })
}

async function bindByData({ person, token }: Ended): Promise<Answered> {
  const { encryptedData, iv } = pair.emulator.phoneDataOf({ appid: APPS[0], person })
  return pair.ask(0, 'POST', '/v1/me/phone', { token, body: { encryptedData, iv } })
}

/** What the first process asks WeChat meanwhile, to bind a phone number. */
const BINDINGS = [
  { during: 'for the phone number that the other is fetching', path: '/wxa/business/getuserphonenumber', bind: bindPhone },
  { during: 'while the other asks WeChat whether it made the encrypted number', path: '/wxa/business/checkencryptedmsg', bind: bindByData },
] as const

it.each(BINDINGS.flatMap((binding) => ENDS.map((end) => ({ ...binding, ...end }))))('T28, SEC-KC-16103: $name in one process takes effect $during: it is not bound', async ({ path, bind, end, refusal, undo }) => {
  const user = await newUser()
  const { reached, release } = pair.hold(path)
  const binding = bind(user)
  await reached
  expect([200, 204]).toContain((await end(user)).status)
  release()
  const { json } = await binding
  await undo?.()
  expect(json).toMatchObject(refusal)
  expect(await pair.auth.users.phoneOf(user.uid)).toBeNull()
})

it.each<[string, (user: Ended) => Promise<Answered>, (login: Answered, user: Ended) => void, (() => Promise<Answered>)?]>([
  ['a ban', ({ uid }) => pair.admin(1, 'POST', `/admin/users/${uid}/ban`), ({ json }) => expect(json).toMatchObject({ status: 403, code: 'user_disabled' })],
  ['an app switched off', () => pair.admin(1, 'POST', `/admin/apps/${APPS[0]}/disable`), ({ json }) => expect(json).toMatchObject({ status: 403, code: 'app_disabled' }), () => pair.admin(0, 'POST', `/admin/apps/${APPS[0]}/enable`)],
  ['an erasure', ({ uid }) => pair.admin(1, 'POST', `/admin/users/${uid}/erase`), (login, { uid }) => expect([login.json.user, uidOf(login) === uid]).toMatchObject([{ isNew: true }, false])],
  ['a log-out of all sessions', ({ uid }) => pair.admin(1, 'DELETE', `/admin/users/${uid}/sessions`), (login, { uid }) => expect([uidOf(login), (login.json.user as { isNew: boolean }).isNew]).toEqual([uid, false])],
])('T28, SEC-KC-16103: %s in one process takes effect for the login whose code the other is exchanging: no session of before, and none that should not be', async (_, end, judge, undo) => {
  const user = await newUser()
  const { reached, release } = pair.hold('/sns/jscode2session')
  const login = pair.login(0, user.person)
  await reached
  expect([200, 204]).toContain((await end(user)).status)
  release()
  const answered = await login
  const stands = await Promise.all([0, 1].map((side) => pair.ask(side, 'GET', '/v1/session', { token: answered.json.token as string ?? user.token })))
  const live = pair.rows(`select s.id from sessions s join users u on u.uid = s.uid where s.ended_at is null and s.epoch >= u.epoch and s.uid = '${user.uid}'`)
  await undo?.()
  judge(answered, user)
  expect(stands.map(({ status }) => status === 200)).toEqual([answered.status === 200, answered.status === 200])
  expect(live.length).toBeLessThanOrEqual(1)
})

it('T28, F29: a sealing key revoked while a number is being fetched ends the token and not the person: the number is his, and a token that the leaked key forged binds none', async () => {
  const person = pair.newPerson()
  const key = pair.olderKeys.at(-1)!
  const token = await pair.loginUnder(key, person)
  const { uid } = await pair.auth.verify(token)
  const forged = await pair.forge(key, uid)
  expect((await pair.ask(0, 'GET', '/v1/session', { token: forged })).json).toMatchObject({ uid })
  expect((await bindPhone({ person, token: forged })).json).toMatchObject({ code: 'session_unknown' })
  expect(await pair.auth.users.phoneOf(uid)).toBeNull()
  const { reached, release } = pair.hold('/wxa/business/getuserphonenumber')
  const binding = bindPhone({ person, token })
  await reached
  expect((await pair.admin(1, 'POST', `/admin/keys/${key.split(':')[0]!}/revoke`)).status).toBe(204)
  release()
  expect((await binding).status).toBe(200)
  expect(await pair.auth.users.phoneOf(uid)).toMatch(/^\+86/)
  expect((await pair.ask(0, 'GET', '/v1/me', { token })).json).toMatchObject({ code: 'session_revoked', reason: 'key_revoked', action: 'relogin' })
})

it('the audit log of all these races is one unbroken chain', async () => {
  expect((await pair.auth.audit.verify()).intact).toBe(true)
  expect(pair.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
})
