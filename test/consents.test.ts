import { expect, it } from 'vitest'
import { openStage, shareStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

const consent = (stage: Stage, token: string, purpose: string, body: unknown = { version: '2' }): Promise<Reply> =>
  stage.send('PUT', `/v1/me/consents/${purpose}`, { token, body })

it('IN-ME-CONSENT, IN-PROFILE-CONSENT, IN-PHONE-CONSENT, T62: stores neither nickname nor profile nor phone number before the user has agreed, and does after he has', async () => {
  const stage = await openStage({ server: { consents: { profile: '2', phone: '1' } } })
  const token = await stage.login()
  const [nickname, profile, phone] = [
    () => stage.send('PUT', '/v1/me', { token, body: { nickname: '小明' } }),
    () => stage.post('/v1/me/profile', stage.emulator.profileOf({ appid: stage.appid, person: stage.person }), token),
    () => stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) }, token),
  ]
  for (const store of [nickname, profile, phone]) expect((await store()).json).toMatchObject({ status: 403, code: 'consent_required', action: 'ask_user' })
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ profile: null, phone: null })
  expect(stage.emulator.traffic.list().some(({ name }) => name.includes('getuserphonenumber'))).toBe(false)

  expect((await consent(stage, token, 'profile', { version: '1' })).status).toBe(204)
  expect((await nickname()).status).toBe(403)
  expect((await consent(stage, token, 'profile')).status).toBe(204)
  expect([(await nickname()).status, (await profile()).status, (await phone()).status]).toEqual([200, 200, 403])
  await consent(stage, token, 'phone', { version: '1' })
  expect((await phone()).status).toBe(200)
})

it('T62: a consent that was withdrawn counts no more, and every step of it is kept with its time', async () => {
  const stage = await openStage({ server: { consents: { profile: '2' } } })
  const token = await stage.login()
  const withdraw = (): Promise<Reply> => stage.send('DELETE', '/v1/me/consents/profile', { token })
  await consent(stage, token, 'profile')
  stage.emulator.clock.advance(1000)
  expect([(await withdraw()).status, (await withdraw()).status]).toEqual([204, 204])
  expect((await stage.send('PUT', '/v1/me', { token, body: { nickname: '小明' } })).json.code).toBe('consent_required')
  const [kept] = await stage.auth.consents.list(await stage.auth.verify(token))
  expect(kept).toMatchObject({ purpose: 'profile', version: '2' })
  expect(kept!.withdrawnAt! - kept!.givenAt).toBeGreaterThanOrEqual(1000)
  expect((await stage.auth.audit.read()).map(({ event, detail }) => [event, detail])).toEqual([['first_login', null], ['consent_given', '2'], ['consent_withdrawn', null]])
})

it('T31: the consent of one user is none of another', async () => {
  const stage = await openStage({ server: { consents: { profile: '2' } }, emulator: { people: [{}, {}] } })
  const [mine, other] = [await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  await consent(stage, mine, 'profile')
  expect((await stage.send('PUT', '/v1/me', { token: other, body: { nickname: '小明' } })).json.code).toBe('consent_required')
})

const quiet = shareStage()

it.each<[string, string, unknown, number, string]>([
  ['IN-CONSENT-VERSION: no version', 'profile', {}, 400, 'validation_failed'],
  ['IN-CONSENT-VERSION: a version that is a number', 'profile', { version: 2 }, 400, 'validation_failed'],
  ['IN-CONSENT-VERSION: an empty version', 'profile', { version: '' }, 400, 'validation_failed'],
  ['IN-CONSENT-VERSION: a version of 33 characters', 'profile', { version: 'v'.repeat(33) }, 400, 'validation_failed'],
  ['IN-CONSENT-VERSION: a version with a line break', 'profile', { version: '2\n' }, 400, 'validation_failed'],
  ['IN-CONSENT-VERSION: a list', 'profile', [], 400, 'body_not_object'],
  ['IN-CONSENT-PURPOSE: a purpose in capitals', 'Profile', { version: '2' }, 404, 'not_found'],
  ['IN-CONSENT-PURPOSE: a purpose of 33 characters', 'p'.repeat(33), { version: '2' }, 404, 'not_found'],
  ['IN-CONSENT-PURPOSE: an encoded purpose', 'pro%66ile', { version: '2' }, 404, 'not_found'],
  ['IN-CONSENT-PURPOSE: no purpose', '', { version: '2' }, 404, 'not_found'],
])('refuses a consent with %s', async (_what, purpose, body, status, code) => {
  expect((await consent(quiet(), await quiet().login(), purpose, body)).json).toMatchObject({ status, code })
})

it('refuses consents without a session, and another method with the two that exist', async () => {
  const stage = await openStage()
  expect((await stage.send('PUT', '/v1/me/consents/profile', { body: { version: '2' } })).json.code).toBe('token_missing')
  expect((await stage.send('DELETE', '/v1/me/consents/profile')).json.code).toBe('token_missing')
  const other = await stage.send('POST', '/v1/me/consents/profile', { body: { version: '2' } })
  expect([other.status, other.headers.get('allow')]).toEqual([405, 'PUT, DELETE'])
})
