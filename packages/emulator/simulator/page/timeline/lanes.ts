import type { TrafficStep } from '#emulator'
import type { Group } from './model.js'

/** A vertical line of the diagram. */
export interface Lane {
  readonly party: 'phone' | 'server' | 'wechat'
  /** Of a phone: the id of its person; '' when nobody is known. */
  readonly person: string
}

/** Where a row lies, in percent of the width: between two lanes, or on one of them. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly right: boolean
}

/** One lane for each phone that is there, then for those whose steps are still shown; the server's and WeChat's after them. */
export function lanesOf(groups: readonly Group[], holders: readonly string[], only: string): readonly Lane[] {
  const spoke = groups.flatMap(({ rows }) => rows.flatMap(({ step: { from, to, person } }) => [from, to].includes('phone') && person !== undefined ? [person] : []))
  const people = [...new Set([...holders, ...spoke])].filter((person) => only === '' || person === only)
  const phones = people.length === 0 ? [''] : people
  return [...phones.map((person) => ({ party: 'phone' as const, person })), { party: 'server', person: '' }, { party: 'wechat', person: '' }]
}

/** The middle of a lane, in percent of the width. */
export const middleOf = (index: number, lanes: readonly Lane[]): number => (index + 0.5) / lanes.length * 100

/** Steps of nobody's phone are drawn on the first. */
export function spanOf({ from, to, person }: TrafficStep, lanes: readonly Lane[]): Span {
  const place = (party: string): number => {
    const own = lanes.findIndex((lane) => lane.party === party && (party !== 'phone' || lane.person === person))
    return middleOf(own === -1 ? lanes.findIndex((lane) => lane.party === party) : own, lanes)
  }
  const [start, end] = [place(from), place(to)]
  return { from: Math.min(start, end), to: Math.max(start, end), right: start < end }
}
