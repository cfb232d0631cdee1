import { expect, it } from 'vitest'
import { openStage } from './stage.js'

const HOUR_MS = 3_600_000
const API = '/wxa/msg_sec_check'

it('asks WeChat about a nickname before it is kept', async () => {
  const stage = await openStage({ server: { contentCheck: { avatars: false } } })
  const token = await stage.login()
  const name = (nickname: string) => stage.send('PUT', '/v1/me', { token, body: { nickname } })
  expect((await name('小红')).json).toMatchObject({ profile: { nickname: '小红' } })
  for (const bad of ['违规测试', '复审测试']) expect((await name(bad)).json).toMatchObject({ status: 422, code: 'profile_rejected', action: 'ask_user' })
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ profile: { nickname: '小红' } })
})

it('SEC-NA-7RQJ: asks about the nickname as it will be shown: no second spelling of the same characters slips through', async () => {
  const stage = await openStage({ server: { contentCheck: { avatars: false } }, emulator: { contentRules: [{ text: 'Café', suggest: 'risky', label: 20001 }] } })
  const token = await stage.login()
  for (const nickname of ['Café', 'Cafe\u0301']) expect((await stage.send('PUT', '/v1/me', { token, body: { nickname } })).json.code).toBe('profile_rejected')
  expect((await stage.send('PUT', '/v1/me', { token, body: { nickname: ' Cafe ' } })).json).toMatchObject({ profile: { nickname: 'Cafe' } })
})

it('asks nobody unless it is switched on', async () => {
  const stage = await openStage()
  const token = await stage.login()
  expect((await stage.send('PUT', '/v1/me', { token, body: { nickname: '违规测试' } })).status).toBe(200)
  expect(stage.emulator.traffic.list().some(({ name }) => name.includes('msg_sec_check'))).toBe(false)
})

it.each<[string, object]>([['does not answer', { drop: true }], ['has no verdict', { body: '{"errcode":0}' }], ['has used up its quota', { errcode: 45009 }]])('keeps no nickname while WeChat %s; with failOpen it does, and says so', async (_name, fault) => {
  for (const failOpen of [false, true]) {
    const stage = await openStage({ server: { contentCheck: { avatars: false, failOpen } } })
    const token = await stage.login()
    stage.emulator.fault({ path: API, ...fault })
    const { status, json } = await stage.send('PUT', '/v1/me', { token, body: { nickname: '小红' } })
    if (failOpen) {
      expect(status).toBe(200)
      expect(stage.logs.join('')).toContain('"event":"content_unchecked"')
    } else {
      expect(json.action).toBe('retry_later')
      expect((await stage.send('GET', '/v1/me', { token })).json.profile).toBeNull()
    }
  }
})

it('has the phone log in again when WeChat has not seen the person for two hours: then the check works', async () => {
  const stage = await openStage({ server: { contentCheck: { avatars: false } } })
  const token = await stage.login()
  stage.emulator.clock.advance(2 * HOUR_MS + 1)
  expect((await stage.send('PUT', '/v1/me', { token, body: { nickname: '小红' } })).json.action).toBe('relogin')
  expect((await stage.send('PUT', '/v1/me', { token: await stage.login(), body: { nickname: '小红' } })).status).toBe(200)
})
