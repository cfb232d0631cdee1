/** Colours: what a phone does with WeChat, what goes over the network, what a person decided, what failed. */
export type Tone = 'green' | 'blue' | 'amber' | 'red'

/** How a step is told in one line. */
export interface Description {
  readonly tone: Tone
  /** A method or status in a box. */
  readonly tag?: string
  /** Plain words before the code. */
  readonly words?: string
  readonly code?: string
  /** Plain words after it. */
  readonly note?: string
}

/** The same as one text. */
export const inOneLine = ({ tag, words, code, note }: Description): string => [tag, words, code, note].filter((part) => part !== undefined && part !== '').join(' ')

/** What a step tells beside its name. */
export type Detail = Readonly<Record<string, unknown>>
/** A value as an object; empty when it is none. */
export const record = (value: unknown): Detail => typeof value === 'object' && value !== null ? value as Detail : {}
/** A value as a text. */
export const text = (value: unknown): string => typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
