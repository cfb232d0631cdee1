import type { Answer } from './back-end.js'
import type { Mapping } from './mapping.js'
import type { Stage } from './stage.js'
import { placeholdersOf } from './template.js'
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
  /** Throws {@link Finding} when the back end did otherwise. */
  run(stage: Stage): Promise<void>
}

/** What a back end did wrong; the message is what was seen. */
export class Finding extends Error {}

const LONGEST_QUOTE = 160

/** An answer in one line: `POST /login → 200 {"token":…`. */
export function describe({ asked, status, text, lost }: Answer): string {
  const body = text.replaceAll(/\s+/g, ' ')
  return `${asked} → ${lost === undefined ? `${status} ${body.length > LONGEST_QUOTE ? `${body.slice(0, LONGEST_QUOTE)}…` : body}` : `no answer (${lost})`}`
}

/** Throws {@link Finding} unless it holds. `seen`: what was observed. */
export function demand(holds: boolean, ...seen: readonly (Answer | string)[]): asserts holds {
  if (!holds) throw new Finding(seen.map((one) => typeof one === 'string' ? one : describe(one)).join('; '))
}

/** An answer came, and it does not say that the server broke. */
export function demandNoBreak(answer: Answer): void {
  demand(answer.status > 0 && answer.status < 500, answer)
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
