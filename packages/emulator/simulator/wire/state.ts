// What the page is told: one state, sent whole after each change, and the traffic as it happens.

/** Periods of WeChat's profile APIs, and what each has. */
export type EraName = '2018' | '2021-04' | '2022-11' | 'today'

/** The network of a phone. */
export type NetworkName = 'good' | 'slow' | 'lossy' | 'offline'

/** Who answers what WeChat asks: somebody at the phone, or always the same. */
export type AnswererName = 'ask' | 'allow' | 'deny'

/** A phone on the page. */
export interface PhoneState {
  readonly id: string
  /** Id of the person. */
  readonly person: string
  /** Which phone of the person: `main`, `phone-2`, … Each has a storage of its own. */
  readonly device: string
  readonly era: EraName
  readonly baseLibrary: string
  /** Another number means that the document must be loaded anew. */
  readonly revision: number
  /** The page on top, once it is known. */
  readonly route: string
  readonly network: NetworkName
  readonly answerer: AnswererName
  /** The person does not see the mini program. */
  readonly inBackground: boolean
  /** `none`: era or base library has no privacy agreement. */
  readonly privacy: 'none' | 'unasked' | 'agreed'
  /** Scopes that the person was asked for, and the answers. */
  readonly scopes: Readonly<Record<string, boolean>>
}

/** Somebody who can use a phone. */
export interface PersonState {
  readonly id: string
  readonly nickName: string
  readonly avatarUrl: string
  /** WeChat holds the person for high-risk: 40226. */
  readonly risk: boolean
}

/** A fault in force. */
export interface FaultState {
  readonly id: number
  /** The rule, as on the command line. */
  readonly line: string
  /** Calls that went wrong by it so far. */
  readonly hits: number
  readonly left: number | 'always'
}

/** What the page draws. */
export interface SimulatorState {
  readonly folder: string
  readonly app: { readonly appid: string, readonly name: string }
  readonly people: readonly PersonState[]
  readonly phones: readonly PhoneState[]
  /** The emulator's time, in ms. */
  readonly now: number
  /** What the compiler refuses: `file:line:column message`. */
  readonly errors: readonly string[]
  /** What goes wrong now. */
  readonly faults: readonly FaultState[]
  /** Whether the server can end its session by itself; otherwise the clock must be moved. */
  readonly canExpireServerSession: boolean
}

/** An entry of a phone's storage, masked. */
export interface StorageEntry {
  readonly key: string
  readonly type: string
  readonly value: unknown
  /** Bytes as stored. */
  readonly size: number
}
