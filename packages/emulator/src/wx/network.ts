import { REQUESTS } from '../fault-rule.js'
import type { FaultRule } from '../fault-rule.js'
import type { Random } from '../random.js'
import type { WxCall, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'

/**
 * The network of a phone.
 * `slow`: everything takes three seconds longer · `lossy`: three of ten calls get no answer · `offline`: there is none
 */
export type NetworkCondition = 'good' | 'slow' | 'lossy' | 'offline'

/** What wx.getNetworkType gives. */
export interface NetworkTypeResult extends WxResult {
  readonly networkType: 'wifi' | '2g' | '4g' | 'none'
  /** Whether the network is poor. */
  readonly weakNet: boolean
}

/** What onNetworkStatusChange tells. */
export interface NetworkStatus {
  readonly isConnected: boolean
  readonly networkType: NetworkTypeResult['networkType']
}

/** The functions of `wx` about the network. */
export interface NetworkApis {
  getNetworkType: WxCall<object, NetworkTypeResult>
  onNetworkStatusChange(listener: (status: NetworkStatus) => void): void
  /** Without a listener: all of them. */
  offNetworkStatusChange(listener?: (status: NetworkStatus) => void): void
}

/** The network that a device is on. */
export interface Network {
  condition: NetworkCondition
  readonly listeners: Set<(status: NetworkStatus) => void>
  /** What the network does to the next call. */
  fault(where: string): FaultRule | undefined
}

const TYPES: Readonly<Record<NetworkCondition, NetworkTypeResult['networkType']>> = { good: 'wifi', slow: '2g', lossy: '4g', offline: 'none' }

/** Functions that talk to somebody; the others work without a network. */
const ONLINE = new Set(['wx.login', 'wx.checkSession', 'wx.getUserProfile', 'wx.request', 'wx.uploadFile', 'wx.downloadFile', 'wx.connectSocket', 'wx.cloud.callContainer'])
const DISCONNECTED = '-106:net::ERR_INTERNET_DISCONNECTED'
const SLOW_MS = 3000
/** Of ten calls. */
const LOST = 3

// Kept from load time: a test that fakes the global timers must not stop the emulator.
const soon = globalThis.setImmediate

/** A good network to begin with. Losses go by `random`; once `isOver()`, nobody is told anything. */
export function createNetwork(random: Random, isOver: () => boolean): Network {
  let condition: NetworkCondition = 'good'
  const listeners = new Set<(status: NetworkStatus) => void>()
  return {
    listeners,
    get condition() { return condition },
    set condition(next) {
      const before = TYPES[condition]
      condition = next
      if (TYPES[next] === before) return
      const status = { isConnected: next !== 'offline', networkType: TYPES[next] }
      for (const listener of listeners) soon(() => { if (!isOver()) listener(status) })
    },
    fault(where) {
      if (condition === 'good' || !ONLINE.has(where)) return undefined
      if (condition === 'offline') return { where, errMsg: DISCONNECTED, errno: 600001 }
      if (condition === 'slow') return { where, delayMs: SLOW_MS }
      if (random.bytes(1).readUInt8() % 10 >= LOST) return undefined
      return REQUESTS.includes(where) ? { where, drop: true } : { where, errMsg: '-101:net::ERR_CONNECTION_RESET', errno: 600001 }
    },
  }
}

/** The network functions of one device. */
export function createNetworkApis({ caller, network }: DeviceContext): NetworkApis {
  return {
    getNetworkType: ((options) => caller.call<Omit<NetworkTypeResult, 'errMsg'>>('getNetworkType', options, (settle) => {
      settle.ok({ networkType: TYPES[network.condition], weakNet: network.condition === 'slow' || network.condition === 'lossy' })
      return undefined
    })) as NetworkApis['getNetworkType'],
    onNetworkStatusChange: (listener) => { network.listeners.add(listener) },
    offNetworkStatusChange(listener) {
      if (listener === undefined) network.listeners.clear()
      else network.listeners.delete(listener)
    },
  }
}
