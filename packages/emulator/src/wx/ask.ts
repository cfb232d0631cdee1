import type { EmulatedApp } from '../app.js'
import type { Person } from '../person.js'
import type { PhoneUser } from '../state.js'
import type { Wechat } from '../wechat.js'

/** What the person says to a popup. */
export type Answer = 'allow' | 'deny'

/** A popup that WeChat shows to the person. */
export interface Question {
  /** `getUserProfile`, `getUserInfo`, `authorize`, `getPhoneNumber`, `getRealtimePhoneNumber`, or `privacy`: WeChat's own popup of the privacy agreement. */
  readonly api: string
  /** Scope that is asked for, when the answer will be remembered. */
  readonly scope?: string
  /** What the mini program says it needs the data for. */
  readonly desc?: string
  readonly person: Person
  readonly app: EmulatedApp
}

/** Answers by scope, or by api where there is no scope; `*` is for all others. Default: allow. */
export type AnswerPolicy = Readonly<Record<string, Answer>>

/** Always the same answer, answers by scope and api, or somebody who is asked each time; a rejected promise means that the popup went away unanswered. */
export type Answerer = Answer | AnswerPolicy | ((question: Question) => Answer | Promise<Answer>)

/** Asks the person; `then` gets the answer, undefined when none was given. Runs at once unless somebody has to be asked. */
export type Ask = (question: Pick<Question, 'api' | 'scope' | 'desc'>, then: (answer: Answer | undefined) => void) => void

/** `answerer` is read at each question. */
export function createAsk({ state, traffic }: Wechat, user: PhoneUser, answerer: () => Answerer): Ask {
  return (question, then) => {
    const answer = answerer()
    const { api, scope, desc } = question
    if (typeof answer === 'string') return then(answer)
    if (typeof answer === 'object') return then(answer[scope ?? api] ?? answer[api] ?? answer['*'] ?? 'allow')
    const finish = (given: Answer | undefined): void => {
      traffic.noteLocal({ name: `sheet ${api}`, ...user, detail: { scope, desc, answer: given ?? 'none' } })
      then(given)
    }
    void Promise.resolve().then(() => answer({ ...question, ...state.resolve(user) })).then(finish, () => finish(undefined))
  }
}
