import type { TrafficStep } from '#emulator'
import { describe, expect, it } from 'vitest'
import { groupSteps } from './model.js'
import type { Filter } from './model.js'

const ALL: Filter = { text: '', lane: 'all', person: '', onlyErrors: false }

let id = 0
const step = (kind: TrafficStep['kind'], name: string, rest: Partial<TrafficStep> = {}): TrafficStep =>
  ({ id: ++id, at: id * 10, kind, from: 'phone', to: kind === 'local' ? 'phone' : 'wechat', name, ...rest })

const launch = step('local', 'launch', { person: 'ming' })
const login = step('call', 'wx.login', { person: 'ming' })
const code = step('answer', 'wx.login', { from: 'wechat', to: 'phone', call: login.id, ok: true, detail: { code: '0abc…' }, person: 'ming' })
const request = step('call', 'POST https://api.demo.test/v1/login', { to: 'server', person: 'ming' })
const refusal = step('answer', 'POST https://api.demo.test/v1/login', { from: 'server', to: 'phone', call: request.id, ok: false, detail: { statusCode: 401 }, person: 'ming' })
const tap = step('local', 'tap', { detail: { label: '登录' }, person: 'hong' })
const erase = step('local', 'erase', { person: 'ming' })
const STEPS = [launch, login, code, request, refusal, tap, erase]

const names = (filter: Partial<Filter>) => groupSteps(STEPS, { ...ALL, ...filter }).map(({ cause, rows }) => [cause?.name, ...rows.map(({ step: { id } }) => id)])

describe('groupSteps', () => {
  it('begins a group at each cause, and leaves taps out that nothing followed from', () => {
    expect(names({})).toEqual([['launch', login.id, code.id, request.id, refusal.id], ['erase']])
  })

  it('counts from the cause', () => {
    const [group] = groupSteps(STEPS, ALL)
    expect([group?.rows[0]?.after, group?.took]).toEqual([10, 40])
  })

  it('joins call and answer', () => {
    const [group] = groupSteps(STEPS, ALL)
    expect(group?.rows.map(({ call, answer }) => [call?.id, answer?.id])).toEqual([[login.id, code.id], [login.id, code.id], [request.id, refusal.id], [request.id, refusal.id]])
  })

  it.each<[Partial<Filter>, unknown]>([
    [{ text: '0ABC' }, [['launch', code.id]]],
    [{ text: ' v1/login  401 ' }, [['launch', refusal.id]]],
    [{ text: 'hong' }, []],
    [{ lane: 'phone-server' }, [['launch', request.id, refusal.id]]],
    [{ onlyErrors: true }, [['launch', request.id, refusal.id]]],
    [{ person: 'hong' }, []],
    [{ lane: 'server-wechat' }, []],
  ])('keeps what %j asks for', (filter, expected) => {
    expect(names(filter)).toEqual(expected)
  })
})
