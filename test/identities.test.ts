import type { Emulator } from '@tongxing/emulator'
import type { Session } from '@tongxing/server'
import { expect, it } from 'vitest'
import { countCalls, openStage } from './stage.js'
import type { Stage } from './stage.js'

const APPS = ['wxemu0000000000001', 'wxemu0000000000002', 'wxemu0000000000003'] as const
type Appid = (typeof APPS)[number]

interface Answer { readonly status: number, readonly uid: string, readonly isNew: boolean, readonly token: string }

// Three apps: the first two bound to one Open Platform account, the third to another.
async function openUnited(): Promise<Stage & { logIn: (appid: Appid, person?: string, at?: string) => Promise<Answer> }> {
  const scopes = ['one', 'one', 'other']
  const secrets = APPS.map((_, i) => `${i}f1e2d3c4b5a6978`.repeat(2))
  const stage = await openStage({
    emulator: { apps: APPS.map((appid, i) => ({ appid, secret: secrets[i]!, unionScope: scopes[i]! })), people: [{ id: 'ming', unionid: 'oUnionOfMing' }, { id: 'hong', unionid: 'oUnionOfHong' }] },
    server: { apps: APPS.map((appid, i) => ({ appid, secret: secrets[i]!, unionScope: scopes[i]! })), feed: { pollMs: 10, maxAgeMs: 0 }, wechat: { timeoutMs: 20_000 } },
  })
  return Object.assign(stage, {
    async logIn(appid: Appid, person = 'ming', at = stage.url) {
      const { status, json } = await stage.send('POST', '/v1/login', { body: { appid, code: stage.code({ appid, person }) }, at })
      const user = json.user as { uid: string, isNew: boolean } | undefined
      return { status, uid: user?.uid ?? '', isNew: user?.isNew ?? false, token: json.token as string }
    },
  })
}

const bind = (emulator: Emulator, appid: string, unionScope: string | null): void => {
  emulator.apps.find((app) => app.appid === appid)!.unionScope = unionScope
}

it('S7: is one user in two apps of one Open Platform account, and another one outside of it', async () => {
  const { logIn, auth } = await openUnited()
  const [first, second, outside] = [await logIn(APPS[0]), await logIn(APPS[1]), await logIn(APPS[2])]
  expect([second.uid, second.isNew]).toEqual([first.uid, false])
  expect([outside.uid === first.uid, outside.isNew]).toEqual([false, true])
  expect((await auth.users.get(first.uid))?.identities).toMatchObject([{ appid: APPS[0], unionid: 'oUnionOfMing' }, { appid: APPS[1], unionid: 'oUnionOfMing' }])
  expect(await auth.identities.conflicts()).toEqual([])
})

it('T35: a unionid counts when WeChat says it: who claimed it before gets nothing of the user who comes with it, in no app of the account', async () => {
  const stage = await openUnited()
  const claim = async (appid: Appid, person: string): Promise<string> => {
    const unionid = 'oUnionOfMing'
    const { json } = await stage.post('/v1/login', { appid, code: stage.code({ appid, person }), unionid, unionId: unionid, extra: { unionid } })
    return (json.user as { uid: string }).uid
  }
  const attacker = await claim(APPS[0], 'hong')
  const { uid, isNew } = await stage.logIn(APPS[0], 'ming')
  expect([isNew, uid === attacker]).toEqual([true, false])
  expect([await claim(APPS[1], 'hong'), (await stage.logIn(APPS[1], 'ming')).uid]).toEqual([attacker, uid])
  expect((await stage.auth.users.get(attacker))?.identities.map(({ unionid }) => unionid)).toEqual(['oUnionOfHong', 'oUnionOfHong'])
})

it('T36: two first logins in two apps at once, on two servers, never make two users of one person', async () => {
  const { logIn, another } = await openUnited()
  const second = await another()
  const logins = await Promise.all(Array.from({ length: 20 }, (_, i) => logIn(APPS[i % 2 ? 0 : 1], 'ming', i % 4 < 2 ? undefined : second.service.url)))
  expect(logins.map(({ status }) => status)).toEqual(logins.map(() => 200))
  expect([new Set(logins.map(({ uid }) => uid)).size, logins.filter(({ isNew }) => isNew).length]).toEqual([1, 1])
})

it('T35, SEC-BA-G38M: a phone number, a name or a unionid that somebody else set before makes nobody him: only the openid and the unionid of WeChat’s exchange do', async () => {
  const NUMBER = '13800138000'
  const stage = await openStage({
    emulator: { apps: [{}, {}], people: [{ id: 'ming', unionid: 'oUnionOfMing', phoneNumber: NUMBER, nickName: '小明' }, { id: 'hong', unionid: 'oUnionOfHong', phoneNumber: NUMBER, nickName: '小明' }] },
    server: { phoneEncryptedData: true },
  })
  const enter = async (person: string, appid = stage.appid): Promise<{ uid: string, token: string }> => {
    const { json } = await stage.post('/v1/login', { appid, code: stage.code({ appid, person }), unionid: 'oUnionOfMing', openid: 'o', uid: 'u_AAAAAAAAAAAAAAAAAAAAAA', phone: NUMBER })
    const token = json.token as string
    await stage.post('/v1/me/profile', { ...stage.emulator.profileOf({ appid, person }), unionid: 'oUnionOfMing', unionId: 'oUnionOfMing' }, token)
    await stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid, person }), unionid: 'oUnionOfMing' }, token)
    return { uid: (json.user as { uid: string }).uid, token }
  }
  const attacker = await enter('hong')
  await stage.send('PUT', '/v1/me', { token: attacker.token, body: { nickname: '小明', unionid: 'oUnionOfMing' } })
  const [victim, elsewhere] = [await enter('ming'), await enter('ming', stage.emulator.apps[1]!.appid)]
  expect(new Set([attacker, victim, elsewhere].map(({ uid }) => uid)).size).toBe(3)
  expect((await stage.auth.users.get(attacker.uid))!.identities).toHaveLength(1)
  expect((await stage.auth.users.get(victim.uid))!.identities).toMatchObject([{ appid: stage.appid, unionid: null }])
  expect((await stage.send('GET', '/v1/me', { token: attacker.token })).json).toMatchObject({ uid: attacker.uid, phone: null })
  expect(await stage.auth.users.phoneOf(elsewhere.uid)).toBe(`+86${NUMBER}`)
  expect((await stage.auth.verify(victim.token)).uid).toBe(victim.uid)
})

it('S7: a unionid that appears late splits nobody; two users who turn out to be one are told, merged on purpose, and log in again without a word', async () => {
  const stage = await openUnited()
  const { emulator, auth, logIn } = stage
  for (const appid of APPS) bind(emulator, appid, null)
  const [a, b] = [await logIn(APPS[0]), await logIn(APPS[1])]
  expect(a.uid).not.toBe(b.uid)
  for (const appid of [APPS[0], APPS[1]]) bind(emulator, appid, 'one')
  expect([(await logIn(APPS[0])).uid, (await logIn(APPS[1])).uid]).toEqual([a.uid, b.uid])
  expect(await auth.identities.conflicts()).toMatchObject([{ unionScope: 'one', unionid: 'oUnionOfMing', owner: a.uid, uid: b.uid, appid: APPS[1] }])
  expect(stage.logs.some((line) => line.includes('union_conflict') && !line.includes('oUnionOfMing') && !line.includes(a.uid))).toBe(true)

  const { device, client } = stage.phone({ appid: APPS[1], person: 'ming' })
  await client.ready()
  const plan = await auth.users.merge(b.uid, a.uid, { dryRun: true })
  expect(plan).toMatchObject({ from: b.uid, into: a.uid, moves: { identities: [{ appid: APPS[1] }] }, conflicts: [] })
  expect((await stage.send('GET', '/v1/session', { token: b.token })).status).toBe(200)

  expect(await auth.users.merge(b.uid, a.uid)).toEqual(plan)
  for (const { token } of [a, b]) expect((await stage.send('GET', '/v1/session', { token })).json).toMatchObject({ code: 'session_revoked', reason: 'merged', action: 'relogin' })
  expect(await auth.users.get(b.uid)).toMatchObject({ uid: a.uid, aliases: [b.uid], identities: [{ appid: APPS[0] }, { appid: APPS[1] }] })
  expect(await auth.identities.conflicts()).toEqual([])
  const logins = countCalls(device, 'login')
  expect((await client.get('/v1/me')).data).toMatchObject({ uid: a.uid })
  expect(countCalls(device, 'login')).toBe(logins + 1)
})

it('tells who was merged between the check of his session and what he did to log in again, and who was erased that he was', async () => {
  const { auth, logIn } = await openUnited()
  const [into, from, erased] = [await logIn(APPS[0], 'ming'), await logIn(APPS[0], 'hong'), await logIn(APPS[2], 'hong')]
  const [merged, forgotten] = [await auth.verify(from.token), await auth.verify(erased.token)]
  await auth.users.merge(from.uid, into.uid)
  await auth.users.erase(erased.uid)
  for (const act of [
    (session: Session) => auth.updateMe(session, { nickname: '小红' }),
    (session: Session) => auth.consents.give(session, 'phone', { version: '1' }),
    (session: Session) => auth.tickets.issue(session),
  ]) {
    await expect(act(merged)).rejects.toMatchObject({ code: 'session_revoked', reason: 'merged', action: 'relogin' })
    await expect(act(forgotten)).rejects.toMatchObject({ code: 'session_revoked', reason: 'erased', action: 'ask_user' })
  }
})

it('T36: an app that moves to another Open Platform account keeps its users, and nobody gets somebody else’s openid', async () => {
  const { emulator, logIn, auth } = await openUnited()
  const [ming, hong] = [await logIn(APPS[0], 'ming'), await logIn(APPS[0], 'hong')]
  bind(emulator, APPS[0], 'other')
  expect([(await logIn(APPS[0], 'ming')).uid, (await logIn(APPS[0], 'hong')).uid]).toEqual([ming.uid, hong.uid])
  expect((await logIn(APPS[2], 'hong')).uid).not.toBe(ming.uid)
  expect(await auth.identities.conflicts()).toEqual([])
})

it('does exactly one of two merges that cross each other on two servers, and says so to the other', async () => {
  const { logIn, auth, another } = await openUnited()
  const { auth: second } = await another()
  for (let round = 0; round < 5; round++) {
    const [a, b] = [await logIn(APPS[0], 'ming'), await logIn(APPS[2], 'hong')]
    if (a.uid === b.uid) break
    const outcomes = await Promise.allSettled([auth.users.merge(a.uid, b.uid), second.users.merge(b.uid, a.uid)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({ code: 'already_merged', status: 409 })
    expect((await auth.users.get(a.uid))?.uid).toBe((await second.users.get(b.uid))?.uid)
  }
})

it('a merged user keeps the phone number of the one who goes, and a phone in each app finds its own openid', async () => {
  const stage = await openUnited()
  const { emulator, auth, logIn, post } = stage
  const [a, b] = [await logIn(APPS[0], 'ming'), await logIn(APPS[0], 'hong')]
  await post('/v1/me/phone', { code: emulator.issuePhoneCode({ appid: APPS[0], person: 'hong' }) }, b.token)
  const number = await auth.users.phoneOf(b.uid)
  expect(await auth.users.merge(b.uid, a.uid)).toMatchObject({ moves: { phone: true }, conflicts: [{ what: 'app', appid: APPS[0] }] })
  expect(number).toMatch(/^\+86/)
  expect([await auth.users.phoneOf(a.uid), await auth.users.phoneOf(b.uid)]).toEqual([number, number])
  const logins = [await logIn(APPS[0], 'ming'), await logIn(APPS[0], 'hong')]
  expect(logins.map(({ uid }) => uid)).toEqual([a.uid, a.uid])
  const openids = await Promise.all(logins.map(async ({ token }) => {
    const answer = await auth.introspect(token)
    return answer.active ? answer.openid : ''
  }))
  expect(openids.toSorted()).toEqual((await auth.users.get(a.uid))?.identities.map(({ openid }) => openid).toSorted())
  expect(openids[0]).not.toBe(openids[1])
})

it('refuses to merge nobody, a user into himself, and one who was merged before', async () => {
  const { auth, logIn } = await openUnited()
  const [a, b] = [await logIn(APPS[0]), await logIn(APPS[2])]
  await expect(auth.users.merge(a.uid, a.uid)).rejects.toThrow(TypeError)
  await expect(auth.users.merge(a.uid, 'u_AAAAAAAAAAAAAAAAAAAAAA')).rejects.toMatchObject({ code: 'not_found' })
  await auth.users.merge(b.uid, a.uid)
  for (const dryRun of [false, true]) await expect(auth.users.merge(b.uid, a.uid, { dryRun })).rejects.toMatchObject({ code: 'already_merged' })
})
