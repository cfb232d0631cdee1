import type { Answer } from './back-end.js'
import type { Mapping } from './mapping.js'
import type { Stage } from './stage.js'
import { placeholdersOf } from './template.js'
import { joined, same, text } from './text.js'
import type { Text } from './text.js'

/** `critical`: somebody else's account or a secret is lost. `error`: users or operators suffer. `warning`: worth knowing; does not fail the run. */
export type Severity = 'critical' | 'error' | 'warning'

/** What a situation needs of the mapping. */
export type Need = 'logout' | 'profile.signature' | 'profile.encryptedData' | 'phone' | 'two apps'

/** One thing that happens to every login back end some day, and how it must end. */
export interface Situation {
  /** Stable; begins with the name of its family. */
  readonly id: string
  readonly severity: Severity
  /** What a good back end does, as a sentence. */
  readonly title: Text
  /** What it costs when it does not. */
  readonly why: Text
  /** What to change. */
  readonly fix: Text
  /** Where it is known from: a document of WeChat's, a public issue or advisory, a standard. */
  readonly source: string
  readonly needs?: Need
  /** The honest case of its `needs`: when it fails, the refusals of the hostile ones say nothing, and they are not run. */
  readonly gate?: true
  /** Throws {@link Finding} when the back end did otherwise. */
  run(stage: Stage): Promise<void>
}

/** What a back end did wrong, as it was seen. */
export class Finding extends Error {
  readonly seen: Text
  constructor(seen: Text) {
    super(seen.en)
    this.seen = seen
  }
}

const LONGEST_QUOTE = 160

/** An answer in one line: `POST /login → 200 {"token":…`. */
export function describe({ asked, status, text: body, lost }: Answer): Text {
  if (lost !== undefined) return { zh: `${asked} → 没有回答（${lost}）`, en: `${asked} → no answer (${lost})` }
  return same(`${asked} → ${status} ${quote(body)}`.trimEnd())
}

const AROUND = 60

/** The part of a text around a place in it, in one line. */
export function excerpt(words: string, at: number): string {
  const part = inOneLine(words.slice(Math.max(0, at - AROUND), at + AROUND))
  return `${at > AROUND ? '…' : ''}${part}${at + AROUND < words.length ? '…' : ''}`
}

/** The beginning of a text, in one line. */
export function quote(words: string): string {
  const line = inOneLine(words)
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line
}

// Nor anything that a terminal would obey: what is quoted comes from whatever is checked.
const inOneLine = (words: string): string => words.replaceAll(/[\p{C}\s]+/gu, ' ')

/** Throws {@link Finding} unless it holds. `seen`: what was observed. */
export function demand(holds: boolean, ...seen: readonly (Answer | Text)[]): asserts holds {
  if (!holds) throw new Finding(joined(seen.map((one) => 'zh' in one ? one : describe(one))))
}

/** An answer came, and it does not say that the server broke. `to`: what it answers. */
export function demandNoBreak(answer: Answer, ...to: readonly Text[]): void {
  demand(answer.status > 0 && answer.status < 500, ...to, answer)
}

/** An honest request was accepted. `route`: the one of the mapping that may be wrong, too. */
export function demandHonest(answer: Answer, route: 'logout' | 'profile' | 'phone'): void {
  demand(answer.accepted, text(`正常的请求没有被接受（也请核对映射的 ${route}）：`, `an honest request was not accepted (check "${route}" of the mapping, too):`), answer)
}

/** The one user of all these answers. Throws {@link Finding} with the answer that names none, or with `many` of their number. */
export function demandOneUser(identities: readonly { readonly answer: Answer, readonly user: string | undefined }[], many: (count: number) => Text): void {
  for (const { answer, user } of identities) demand(user !== undefined, answer)
  const { size } = new Set(identities.map(({ user }) => user))
  demand(size === 1, many(size))
}

/** Why the mapping has not what a situation needs; undefined when it has. */
export function missing(need: Need | undefined, mapping: Mapping): Text | undefined {
  switch (need) {
    case undefined: return undefined
    case 'logout': return mapping.logout === undefined ? { zh: '映射里没有 logout 路由', en: 'mapping has no logout route' } : undefined
    case 'phone': return mapping.phone === undefined ? { zh: '映射里没有 phone 路由', en: 'mapping has no phone route' } : undefined
    case 'two apps': return (mapping.apps?.length ?? 1) < 2 ? { zh: '映射里只有一个 AppID', en: 'mapping has only one AppID' } : undefined
    case 'profile.signature': return missingField('signature', mapping)
    case 'profile.encryptedData': return missingField('encryptedData', mapping)
  }
}

function missingField(field: string, { profile }: Mapping): Text | undefined {
  if (profile === undefined) return { zh: '映射里没有 profile 路由', en: 'mapping has no profile route' }
  return placeholdersOf([profile.body, profile.path]).includes(field) ? undefined : { zh: `profile 路由不收 ${field}`, en: `the profile route of the mapping takes no ${field}` }
}
