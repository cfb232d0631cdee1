import type { TrafficStep } from '#emulator'
import { expect, it } from 'vitest'
import { lanesOf, spanOf } from './lanes.js'
import { groupSteps } from './model.js'

const step = (id: number, from: TrafficStep['from'], to: TrafficStep['to'], person?: string, device?: string): TrafficStep =>
  ({ id, at: id, kind: from === to ? 'local' : 'call', from, to, name: 'x', ...person !== undefined && { person }, ...device !== undefined && { device } })
const STEPS = [step(1, 'phone', 'wechat', 'ming'), step(2, 'phone', 'server', 'hong'), step(3, 'server', 'wechat'), step(4, 'phone', 'phone', 'ann')]
const groups = groupSteps(STEPS, { text: '', lane: 'all', person: '', onlyErrors: false })
const main = (...people: string[]) => people.map((person) => ({ person, device: '' }))
const names = (holders: string[], only = '') => lanesOf(groups, main(...holders), only).map(({ party, person }) => person === '' ? party : person)

it('has a lane for each phone, for whoever’s steps are still shown, for the server and WeChat', () => {
  expect(names(['hong', 'ming'])).toEqual(['hong', 'ming', 'ann', 'server', 'wechat'])
  expect(names(['hong'], 'ming')).toEqual(['ming', 'server', 'wechat'])
  expect(lanesOf([], [], '').map(({ party }) => party)).toEqual(['phone', 'server', 'wechat'])
})

it('draws each step between the lanes of those who speak', () => {
  const lanes = lanesOf(groups, main('ming', 'hong'), '')
  expect(STEPS.map((one) => spanOf(one, lanes))).toEqual([
    { from: 10, to: 90, right: true }, { from: 30, to: 70, right: true }, { from: 70, to: 90, right: true }, { from: 50, to: 50, right: false },
  ])
})

it('draws two phones of one person on two lanes', () => {
  const lanes = lanesOf([], [{ person: 'ming', device: '' }, { person: 'ming', device: 'phone-2' }], '')
  expect([step(1, 'phone', 'wechat', 'ming'), step(2, 'phone', 'wechat', 'ming', 'phone-2')].map((one) => spanOf(one, lanes).from)).toEqual([12.5, 37.5])
})
