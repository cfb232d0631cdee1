import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { maskStored } from '../masking.js'
import type { WxCall, WxCallbacks, WxResult } from './callback.js'
import type { DeviceContext, StorageMap } from './device-context.js'

/** What wx.getStorageInfo gives. */
export interface StorageInfo {
  readonly keys: string[]
  /** KB. */
  readonly currentSize: number
  /** KB. */
  readonly limitSize: number
}

/** The storage of one person and mini program; survives relaunches. */
export interface StorageApis {
  setStorage: WxCall<{ key: string, data?: unknown, encrypt?: boolean | undefined }, WxResult>
  getStorage: WxCall<{ key: string, encrypt?: boolean | undefined }, WxResult & { readonly data: unknown }>
  removeStorage: WxCall<{ key: string }, WxResult>
  clearStorage: WxCall<object, WxResult>
  getStorageInfo: WxCall<object, WxResult & StorageInfo>
  setStorageSync(key: string, data: unknown): void
  /** '' when there is nothing. */
  getStorageSync(key: string): unknown
  removeStorageSync(key: string): void
  clearStorageSync(): void
  getStorageInfoSync(): StorageInfo
}

const KB = 1024
/** Bytes of JSON per key. */
const ENTRY_LIMIT = 1024 * KB
/** Bytes of JSON in all. */
const TOTAL_LIMIT = 10 * ENTRY_LIMIT

interface EntryOptions {
  key?: string
  data?: unknown
  encrypt?: boolean | undefined
}

/** A reason, to be put after `<api>:fail `. */
class StorageRefusal extends Error {}

/** The ten storage functions of one device. */
export function createStorage(device: DeviceContext): StorageApis {
  const area = createArea(device)

  const withCallbacks = <Result extends object>(api: string, work: (options: EntryOptions) => Result) =>
    ((options?: EntryOptions & WxCallbacks<Result & WxResult>) => device.caller.call<Result>(api, options, (settle) => {
      try {
        settle.ok(work(options ?? {}))
      } catch (error) {
        if (!(error instanceof StorageRefusal)) throw error
        settle.fail(error.message)
      }
      return undefined
    })) as WxCall<EntryOptions, Result & WxResult>

  const direct = <Result>(api: string, work: () => Result) => device.caller.callSync(api, () => {
    try {
      return work()
    } catch (error) {
      throw error instanceof StorageRefusal ? new Error(`${api}:fail ${error.message}`) : error
    }
  })

  return {
    setStorage: withCallbacks('setStorage', ({ key, data, encrypt }) => area.set(key, data, encrypt === true)),
    getStorage: withCallbacks('getStorage', ({ key, encrypt }) => {
      const found = area.get(key, encrypt === true)
      if (found === undefined) throw new StorageRefusal('data not found')
      return found
    }),
    removeStorage: withCallbacks('removeStorage', ({ key }) => area.remove(key)),
    clearStorage: withCallbacks('clearStorage', () => area.clear()),
    getStorageInfo: withCallbacks('getStorageInfo', () => area.info()),
    setStorageSync: (key, data) => { direct('setStorageSync', () => area.set(key, data, false)) },
    getStorageSync: (key) => direct('getStorageSync', () => {
      const found = area.get(key, false)
      return found === undefined ? '' : found.data
    }),
    removeStorageSync: (key) => { direct('removeStorageSync', () => area.remove(key)) },
    clearStorageSync: () => { direct('clearStorageSync', () => area.clear()) },
    getStorageInfoSync: () => direct('getStorageInfoSync', () => area.info()),
  }
}

function createArea({ memory: { storage }, storageFault, wechat: { traffic, random, state }, user }: DeviceContext) {
  // Not in the map, and the same after a restart with a state file.
  const secretKey = () => createHash('sha256').update(`${state.resolve(user).app.secret}/${user.person}`).digest().subarray(0, 16)
  const written = (name: string, detail?: object) => traffic.noteLocal({ name, ...user, ...detail !== undefined && { detail } })

  const refuseWhenFaulty = () => {
    const fault = storageFault()
    if (fault !== null) throw new StorageRefusal(fault)
  }
  return {
    set(key: unknown, data: unknown, encrypted: boolean) {
      refuseWhenFaulty()
      const text = encrypted ? seal(encode(data), secretKey(), random.bytes(16)) : encode(data)
      const size = Buffer.byteLength(text)
      if (size > ENTRY_LIMIT) throw new StorageRefusal('exceed storage max size')
      if (totalSize(storage, checkKey(key)) + size > TOTAL_LIMIT) throw new StorageRefusal('storage quota reached')
      storage.set(checkKey(key), text)
      written('wx.setStorage', { key, data: encrypted ? '***' : maskStored(String(key), data) })
      return {}
    },
    /** Undefined too when it was stored in the other way: set and get must both say `encrypt`. */
    get(key: unknown, encrypted: boolean) {
      const text = storage.get(checkKey(key))
      if (text === undefined || text.startsWith(SEALED) !== encrypted) return undefined
      return { data: decode(encrypted ? open(text, secretKey()) : text) }
    },
    remove(key: unknown) {
      refuseWhenFaulty()
      storage.delete(checkKey(key))
      written('wx.removeStorage', { key })
      return {}
    },
    clear() {
      refuseWhenFaulty()
      for (const key of [...storage.keys()]) storage.delete(key)
      written('wx.clearStorage')
      return {}
    },
    info(): StorageInfo {
      return { keys: [...storage.keys()], currentSize: Math.ceil(totalSize(storage) / KB), limitSize: TOTAL_LIMIT / KB }
    },
  }
}

/** How an encrypted value begins: no value of a program has this type. */
const SEALED = '{"type":"encrypted",'

function seal(text: string, key: Buffer, iv: Buffer): string {
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  return `${SEALED}"data":"${Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64')}"}`
}

function open(sealed: string, key: Buffer): string {
  const bytes = Buffer.from((JSON.parse(sealed) as { data: string }).data, 'base64')
  const decipher = createDecipheriv('aes-128-cbc', key, bytes.subarray(0, 16))
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8')
}

function checkKey(key: unknown): string {
  if (typeof key === 'string' && key !== '') return key
  throw new StorageRefusal(`parameter error: parameter.key should be a non-empty String instead of ${JSON.stringify(key) ?? 'Undefined'};`)
}

function totalSize(storage: StorageMap, without?: string): number {
  let size = 0
  for (const key of storage.keys()) {
    if (key !== without) size += Buffer.byteLength(storage.get(key) ?? '')
  }
  return size
}

// A Date comes back as a Date; everything else as JSON has it.
function encode(data: unknown): string {
  const value = data instanceof Date ? { type: 'Date', data: data.getTime() } : { type: typeof data, data }
  let text: string
  try {
    text = JSON.stringify(value)
  } catch {
    throw new StorageRefusal('data cannot be written as JSON')
  }
  if (!('data' in (JSON.parse(text) as object))) throw new StorageRefusal(`data cannot be written as JSON: it is ${typeof data}`)
  return text
}

function decode(text: string): unknown {
  const { type, data } = JSON.parse(text) as { type: string, data: unknown }
  return type === 'Date' ? new Date(data as number) : data
}
