import { expect, it } from 'vitest'
import { openStage } from './stage.js'

const NUMBER = '13800138000'
const UNIONID = 'oUnionOfVictim'

it('T35, SEC-CD-9092: a phone number or unionid that somebody only claims binds nothing, wherever it stands', async () => {
  const stage = await openStage({ emulator: { people: [{ id: 'attacker' }] } })
  const claims = { phone: NUMBER, phoneNumber: NUMBER, purePhoneNumber: NUMBER, countryCode: '86', unionid: UNIONID, unionId: UNIONID }
  const headers = { 'x-wx-unionid': UNIONID, 'x-wx-phone': NUMBER }
  const login = await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code(), ...claims, extra: claims }, headers })
  const token = login.json.token as string
  await stage.send('PUT', `/v1/me?phone=${NUMBER}&unionid=${UNIONID}`, { body: { nickname: '小明', ...claims }, token, headers })
  expect((await stage.post('/v1/me/phone', claims, token)).json).toMatchObject({ status: 400, code: 'validation_failed' })
  const { uid } = login.json.user as { uid: string }
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ uid, phone: null })
  expect(await stage.auth.users.phoneOf(uid)).toBeNull()
  expect((await stage.auth.users.get(uid))?.identities).toMatchObject([{ unionid: null }])
})

it('T35, SEC-BA-G38M: a number that was bound before links nobody: its owner gets a user of his own, takes the number with him, and the other learns nothing', async () => {
  const stage = await openStage({ emulator: { people: [{ id: 'attacker', phoneNumber: NUMBER }, { id: 'victim', phoneNumber: NUMBER }] } })
  const phoneCode = (person: string): string => stage.emulator.issuePhoneCode({ appid: stage.appid, person })
  const attacker = await stage.login('attacker')
  await stage.post('/v1/me/phone', { code: phoneCode('attacker') }, attacker)
  await stage.send('PUT', '/v1/me', { body: { nickname: '冒名' }, token: attacker })

  const login = await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person: 'victim' }), phoneCode: phoneCode('victim') })
  const victim = login.json.token as string
  const { uid, isNew } = login.json.user as { uid: string, isNew: boolean }
  const [mine, his] = [(await stage.send('GET', '/v1/me', { token: attacker })).json, (await stage.send('GET', '/v1/me', { token: victim })).json]
  expect([isNew, uid === mine.uid]).toEqual([true, false])
  expect(his).toMatchObject({ uid, profile: null, phone: { masked: '138****8000' } })
  expect(mine.phone).toBeNull()
  await stage.send('PUT', '/v1/me', { body: { nickname: '本人' }, token: victim })
  expect((await stage.send('GET', '/v1/me', { token: attacker })).json).toEqual(mine)
  expect((await stage.auth.users.sessions(uid)).length).toBe(1)
})

it('T35: a unionid counts when WeChat says it: who claimed it before gets nothing of the user who comes with it', async () => {
  const apps = ['wxemu0000000000001', 'wxemu0000000000002'].map((appid, i) => ({ appid, secret: String(i).repeat(32), unionScope: 'one' }))
  const stage = await openStage({ emulator: { apps, people: [{ id: 'attacker', unionid: 'oUnionOfAttacker' }, { id: 'victim', unionid: UNIONID }] }, server: { apps } })
  const logIn = async (appid: string, person: string): Promise<{ uid: string, isNew: boolean }> =>
    (await stage.post('/v1/login', { appid, code: stage.code({ appid, person }), unionid: UNIONID, extra: { unionid: UNIONID } })).json.user as { uid: string, isNew: boolean }
  const attacker = await logIn(apps[0]!.appid, 'attacker')
  const victim = await logIn(apps[0]!.appid, 'victim')
  expect([victim.isNew, victim.uid === attacker.uid]).toEqual([true, false])
  expect([(await logIn(apps[1]!.appid, 'attacker')).uid, (await logIn(apps[1]!.appid, 'victim')).uid]).toEqual([attacker.uid, victim.uid])
  expect((await stage.auth.users.get(attacker.uid))?.identities.map(({ unionid }) => unionid)).toEqual(['oUnionOfAttacker', 'oUnionOfAttacker'])
})
