import type { EmulatedApp } from '../app.js'
import type { Wechat } from '../wechat.js'
import type { PhoneUser } from '../state.js'
import type { Ask } from './ask.js'
import { atLeast } from './base-library.js'
import type { Caller, WxCallbacks, WxResult } from './callback.js'
import type { Era } from './device-context.js'

/** What a person agreed to in one mini program; survives relaunches. */
export interface PrivacyMemory {
  /** APIs and components that were declared when the person agreed. */
  readonly agreed: Set<string>
  /** When the person refused WeChat's own popup, in ms. */
  refusedAt: number | undefined
}

/** What wx.getPrivacySetting gives. */
export interface PrivacySettingResult extends WxResult {
  /** True: something is declared that the person has not agreed to. */
  readonly needAuthorization: boolean
  readonly privacyContractName: string
}

/** What the program tells of its own popup. */
export interface PrivacyVerdict {
  readonly event: 'exposureAuthorization' | 'agree' | 'disagree'
  /** Of `agree`: the id of the agreePrivacyAuthorization button, which must have been tapped. */
  readonly buttonId?: string
}

/** The program's own popup: must call `resolve`, or the call that needs consent stays pending. */
export type PrivacyListener = (resolve: (verdict: PrivacyVerdict) => void, info: { readonly referrer: string }) => void

/** The functions of `wx` about the privacy agreement: none of them has a promise form. */
export interface PrivacyApis {
  getPrivacySetting(options?: WxCallbacks<PrivacySettingResult>): void
  requirePrivacyAuthorize(options?: WxCallbacks<WxResult>): void
  openPrivacyContract(options?: WxCallbacks<WxResult>): void
  /** The last listener replaces the one before. */
  onNeedPrivacyAuthorization(listener: PrivacyListener): void
}

/** Why a call may not go on: the reason after `<api>:fail ` and its errno. */
export interface PrivacyRefusal {
  readonly reason: string
  readonly errno: number
}

/** The gate before what needs consent. */
export interface PrivacyGate {
  readonly apis: PrivacyApis
  /** `referrer` is an API (`getUserProfile`) or a component (`button.getPhoneNumber`); `then` gets undefined when it may go on. */
  pass(referrer: string, then: (refusal: PrivacyRefusal | undefined) => void): void
  /** A tap on an agreePrivacyAuthorization button is consent. */
  tapAgree(buttonId: string): void
  /** Whether era and base library have the agreement at all. */
  readonly isAsked: boolean
  /** Whether the person agreed to all that is declared; false takes it back. */
  agreed: boolean
}

/** APIs and components that are gated and may be declared, as far as public sources name them. */
export const GATED: readonly string[] = [
  'getUserProfile', 'getUserInfo', 'getClipboardData', 'chooseMedia', 'startRecord',
  'button.getPhoneNumber', 'button.getRealtimePhoneNumber', 'button.chooseAvatar', 'button.getUserInfo', 'input.nickname',
]

const SINCE = '2.32.3'
/** ms after a refusal of WeChat's own popup in which it does not come again. */
const GAP = 10_000
const REFUSED: PrivacyRefusal = { reason: 'privacy permission is not authorized', errno: 104 }
const IN_GAP: PrivacyRefusal = { reason: 'privacy permission is not authorized in gap', errno: 104 }
const UNDECLARED: PrivacyRefusal = { reason: 'api scope is not declared in the privacy agreement', errno: 112 }
const NO_AGREEMENT: PrivacyRefusal = { reason: 'please go to mp to announce your privacy usage', errno: 1025 }

/** What the gate needs of its device. */
export interface PrivacyParts {
  readonly wechat: Wechat
  readonly user: PhoneUser
  readonly era: Era
  readonly baseLibrary: string
  readonly memory: PrivacyMemory
  readonly caller: Caller
  readonly ask: Ask
}

/** The gate of one device: from 2023-10-17 (era `today`) and base library 2.32.3. */
export function createPrivacy({ wechat: { state, clock, traffic }, user, era, baseLibrary, memory, caller, ask }: PrivacyParts): PrivacyGate {
  const tapped = new Set<string>()
  const waiting: ((refusal: PrivacyRefusal | undefined) => void)[] = []
  let listener: PrivacyListener | undefined
  const app = (): EmulatedApp => state.resolve(user).app
  const isOn = era === 'today' && atLeast(baseLibrary, SINCE)
  const needed = (): boolean => isOn && declaredBy(app()).some((name) => !memory.agreed.has(name))
  const agree = (): void => { for (const name of declaredBy(app())) memory.agreed.add(name) }
  const note = (what: string, detail: object): void => { traffic.noteLocal({ name: `privacy ${what}`, ...user, detail }) }

  function askProgram(tell: PrivacyListener, referrer: string, then: (refusal: PrivacyRefusal | undefined) => void): void {
    let settled = false
    const resolve = ({ event, buttonId = '' }: PrivacyVerdict): void => {
      const untapped = event === 'agree' && !tapped.has(buttonId)
      note(event, { referrer, buttonId, ...untapped && { ignored: 'no agreePrivacyAuthorization button of this id was tapped' } })
      if (settled || untapped || event === 'exposureAuthorization') return
      settled = true
      if (event === 'agree') agree()
      then(event === 'agree' ? undefined : REFUSED)
    }
    caller.tell(() => tell(resolve, { referrer }))
  }

  function askPerson(then: (refusal: PrivacyRefusal | undefined) => void): void {
    if (memory.refusedAt !== undefined && clock.now() - memory.refusedAt < GAP) return then(IN_GAP)
    if (waiting.push(then) > 1) return
    ask({ api: 'privacy', desc: contractName(app()) }, (answer) => {
      if (answer === 'allow') agree()
      else memory.refusedAt = clock.now()
      for (const next of waiting.splice(0)) next(answer === 'allow' ? undefined : REFUSED)
    })
  }

  function pass(referrer: string, then: (refusal: PrivacyRefusal | undefined) => void): void {
    if (!isOn) return then(undefined)
    const declared = declaredBy(app())
    if (GATED.includes(referrer) && !declared.includes(referrer)) return then(declared.length === 0 ? NO_AGREEMENT : UNDECLARED)
    if (!needed()) return then(undefined)
    if (listener === undefined) askPerson(then)
    else askProgram(listener, referrer, then)
  }

  return {
    pass,
    isAsked: isOn,
    get agreed() { return declaredBy(app()).every((name) => memory.agreed.has(name)) },
    set agreed(agreed) {
      memory.agreed.clear()
      memory.refusedAt = undefined
      if (agreed) agree()
    },
    tapAgree(buttonId) {
      tapped.add(buttonId)
      if (isOn) agree()
    },
    apis: {
      getPrivacySetting: (options) => { caller.start<Omit<PrivacySettingResult, 'errMsg'>>('getPrivacySetting', options ?? {}, undefined, succeed(() => ({ needAuthorization: needed(), privacyContractName: contractName(app()) }))) },
      openPrivacyContract: (options) => { caller.start<object>('openPrivacyContract', options ?? {}, undefined, succeed(() => ({}))) },
      onNeedPrivacyAuthorization: (own) => { listener = own },
      requirePrivacyAuthorize(options) {
        caller.start<object>('requirePrivacyAuthorize', options ?? {}, undefined, (settle) => {
          pass('requirePrivacyAuthorize', (refusal) => refusal === undefined ? settle.ok({}) : settle.fail(refusal.reason, refusal.errno))
          return undefined
        })
      },
    },
  }
}

const succeed = <Result>(result: () => Result) => (settle: { ok(result: Result): void }): undefined => {
  settle.ok(result())
  return undefined
}

const declaredBy = ({ privacy = 'all' }: EmulatedApp): readonly string[] => privacy === 'all' ? GATED : privacy === 'none' ? [] : privacy

const contractName = ({ name }: EmulatedApp): string => `《${name}小程序隐私保护指引》`
