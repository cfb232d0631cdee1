import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { LoginCode } from '../login-codes.js'
import type { PhoneUser } from '../state.js'
import type { Wechat } from '../wechat.js'
import type { Ask } from './ask.js'
import type { FetchMemory } from './background-fetch.js'
import type { Caller } from './callback.js'
import type { FileMap } from './files.js'
import type { PrivacyGate, PrivacyMemory } from './privacy.js'
import type { Network } from './network.js'
import type { Slots } from './slots.js'
import type { Visibility } from './visibility.js'

/**
 * When the running version of the mini program was published; WeChat's profile APIs go by it.
 * `2018`: 2018-04-30 to 2021-04-28 · `2021-04`: to 2022-11-08 · `2022-11`: from 2022-11-09 · `today`: from 2023-10-17
 */
export type Era = '2018' | '2021-04' | '2022-11' | 'today'

/** A Map, or anything that works like one; holds what the mini program stored, as text. */
export interface StorageMap {
  get(key: string): string | undefined
  set(key: string, value: string): unknown
  delete(key: string): boolean
  keys(): Iterable<string>
}

/** What a person allowed and refused in one mini program, on all phones. */
export interface ConsentMemory {
  /** Scopes that were asked for, and the answers. */
  readonly authSetting: Record<string, boolean>
  readonly privacy: PrivacyMemory
}

/** What one phone keeps of one person and mini program. */
export interface DeviceMemory {
  readonly storage: StorageMap
  readonly files: FileMap
  readonly session: { lastCode: LoginCode | undefined }
  readonly backgroundFetch: FetchMemory
}

/** What survives relaunches. */
export interface PhoneMemory extends ConsentMemory, DeviceMemory {}

/** Public origins of each kind of network call, and the addresses where they really are. */
export interface DomainLists {
  readonly request: Readonly<Record<string, string>>
  readonly upload: Readonly<Record<string, string>>
  readonly download: Readonly<Record<string, string>>
  /** Read at each call: without a list of its own it follows that of the requests. */
  socket(): Readonly<Record<string, string>>
}

/** `networkTimeout` of app.json, in ms. */
export interface NetworkTimeout {
  readonly request?: number
  readonly uploadFile?: number
  readonly downloadFile?: number
  readonly connectSocket?: number
}

/** What the families of `wx` functions share on one device. */
export interface DeviceContext {
  readonly wechat: Wechat
  readonly user: PhoneUser
  readonly era: Era
  readonly baseLibrary: string
  readonly envVersion: 'develop' | 'trial' | 'release'
  readonly domains: DomainLists
  readonly checkDomains: boolean
  /** `env/service` of WeChat Cloud Hosting, and where it really is. */
  readonly containers: Readonly<Record<string, string>> | undefined
  readonly networkTimeout: NetworkTimeout
  /** Shared by request, uploadFile and downloadFile. */
  readonly slots: Slots
  /** Whether a retired getUserProfile still asks; not established. */
  readonly retiredProfilePopup: boolean
  readonly memory: PhoneMemory
  readonly caller: Caller
  readonly network: Network
  readonly visibility: Visibility
  readonly agents: { readonly http: HttpAgent, readonly https: HttpsAgent }
  /** True while a tap handler runs. */
  inTap(): boolean
  /** Runs `handler` as that of a tap. */
  runInTap(handler: () => void): void
  /** Before whatever needs the person's consent to the privacy agreement. */
  readonly privacy: PrivacyGate
  /** Shows the person the settings; `then` gets the switches that were changed. */
  visitSettings(authSetting: Readonly<Record<string, boolean>>, then: (changes: Readonly<Record<string, boolean>>) => void): void
  /** Shows the person a popup. */
  readonly ask: Ask
  /** Calls `fn` when the mini program ends; returns the undo. */
  onEnd(fn: () => void): () => void
  /** The text with which writes to the storage fail now, if they do. */
  storageFault(): string | null
}
