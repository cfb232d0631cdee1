import { describe, expect, it } from 'vitest'
import { pack, unpack } from './pack.js'

const travel = (value: unknown): unknown => unpack(JSON.parse(JSON.stringify(pack(value))))

describe('pack and unpack', () => {
  it.each([
    ['text', '小明'], ['number', 1.5], ['null', null], ['undefined', undefined], ['list', [1, [undefined, null]]],
    ['members that are undefined', { a: undefined, b: { c: true } }], ['a Date', { at: new Date(5) }], ['a member named $', { $: 'date', v: 1 }], ['bigint', 5n],
  ])('carries %s', (_, value) => {
    expect(travel(value)).toStrictEqual(value)
  })

  it('carries bytes', () => {
    expect(new Uint8Array(travel(new Uint8Array([0, 128, 255]).buffer) as ArrayBuffer)).toEqual(new Uint8Array([0, 128, 255]))
  })

  it('keeps functions and cycles refusable: a function stays one, a cycle stays unprintable', () => {
    expect(travel({ f: () => 1 })).toEqual({ f: expect.any(Function) as unknown })
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(() => JSON.stringify(travel({ cycle }))).toThrow()
  })

  it('carries the same object twice, which is no cycle', () => {
    const shared = { a: 1 }
    expect(travel([shared, shared])).toEqual([shared, shared])
  })
})
