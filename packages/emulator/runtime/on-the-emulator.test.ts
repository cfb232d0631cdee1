import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeviceOptions, Emulator } from '../src/index.js'
import { createEmulator } from '../src/index.js'
import type { TestPhone } from './create-phone.js'
import { fixture, startFolder, startProgram } from './fixtures/program.js'

const APPID = 'wxemu00000000000d0'
let emulator: Emulator

beforeAll(async () => { emulator = await createEmulator({ apps: [{ appid: APPID }], people: [{ id: 'ming', nickName: '小明' }] }) })
afterAll(() => emulator.close())

function startSeed(options: Partial<DeviceOptions>): TestPhone {
  const device = emulator.openDevice({ appid: APPID, person: 'ming', ...options })
  return startFolder(fixture('seed'), { wx: device.wx, gesture: device })
}

describe('the tutorial\'s page on the emulator\'s device', () => {
  it.each<{ what: string, options: Partial<DeviceOptions>, shows: string }>([
    { what: 'real data while getUserProfile gives it', options: { era: '2021-04' }, shows: '小明' },
    { what: 'the placeholder of today', options: { era: 'today' }, shows: '微信用户' },
    { what: 'the getUserInfo button before getUserProfile existed', options: { era: '2018' }, shows: '小明' },
    { what: 'still its button after a refusal', options: { era: '2021-04', answer: 'deny' }, shows: '获取头像昵称' },
  ])('shows $what', async ({ options, shows }) => {
    const phone = startSeed(options)
    phone.tap('button')
    await phone.settle()
    expect(phone.text()).toBe(shows)
  })
})

it('the emulator holds the tap rule by the phone\'s taps', async () => {
  const device = emulator.openDevice({ appid: APPID, person: 'ming', era: '2021-04' })
  const phone = startProgram({
    'p/a.wxml': '<button bindtap="late"/>',
    'p/a.js': `Page({ async late() { await wx.login(); wx.getUserProfile({ desc: 'd', complete: (r) => console.log(r.errMsg) }) } })`,
  }, { wx: device.wx, gesture: device })
  phone.tap('button')
  await phone.settle()
  expect(phone.console.map(({ text }) => text)).toEqual(['getUserProfile:fail can only be invoked by user TAP gesture.'])
})

it.each(['router.addRouteBuilder', 'worklet.timing'])('a program that uses wx.%s reads in its console that it is not emulated', (member) => {
  const device = emulator.openDevice({ appid: APPID, person: 'ming' })
  const phone = startProgram({ 'p/a.js': `Page({ onLoad() { try { wx.${member}() } catch (error) { console.log(error.message) } } })` }, { wx: device.wx })
  expect(phone.console.map(({ text }) => text)).toEqual([`${member}:fail not emulated by @tongxing/emulator`])
})
