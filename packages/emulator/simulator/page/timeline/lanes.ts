import type { TrafficStep } from '#emulator'
import type { Group } from './model.js'

/** A vertical line of the diagram. */
export interface Lane {
  readonly party: 'phone' | 'server' | 'wechat'
  /** Of a phone: the id of its person; '' when nobody is known. */
  readonly person: string
  /** Of a phone: which of the person's; '' for the main one. */
  readonly device: string
}

/** A phone on the page. */
export type Holder = Pick<Lane, 'person' | 'device'>

/** Where a row lies, in percent of the width: between two lanes, or on one of them. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly right: boolean
}

/** One lane for each phone that is there, then for those whose steps are still shown; the server's and WeChat's after them. */
export function lanesOf(groups: readonly Group[], holders: readonly Holder[], only: string): readonly Lane[] {
  const spoke = groups.flatMap(({ rows }) => rows.flatMap(({ step: { from, to, person, device = '' } }) => [from, to].includes('phone') && person !== undefined ? [{ person, device }] : []))
  const all = [...holders, ...spoke].filter(({ person }) => only === '' || person === only)
  const phones = all.filter((phone, index) => all.findIndex((other) => isSame(other, phone)) === index)
  const server = { party: 'server', person: '', device: '' } as const
  return [...(phones.length === 0 ? [{ person: '', device: '' }] : phones).map(({ person, device }) => ({ party: 'phone' as const, person, device })), server, { ...server, party: 'wechat' }]
}

/** Whether both are the same phone of the same person. */
export const isSame = (a: Holder, b: Holder): boolean => a.person === b.person && a.device === b.device

/** The middle of a lane, in percent of the width. */
export const middleOf = (index: number, lanes: readonly Lane[]): number => (index + 0.5) / lanes.length * 100

/** Steps of nobody's phone are drawn on the first. */
export function spanOf({ from, to, person = '', device = '' }: TrafficStep, lanes: readonly Lane[]): Span {
  const place = (party: string): number => {
    const own = lanes.findIndex((lane) => lane.party === party && (party !== 'phone' || isSame(lane, { person, device })))
    return middleOf(own === -1 ? lanes.findIndex((lane) => lane.party === party) : own, lanes)
  }
  const [start, end] = [place(from), place(to)]
  return { from: Math.min(start, end), to: Math.max(start, end), right: start < end }
}
