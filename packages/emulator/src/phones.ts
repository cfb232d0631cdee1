import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { openDevice } from './device.js'
import type { Device, DeviceOptions } from './device.js'
import type { Wechat } from './wechat.js'
import type { ConsentMemory, DeviceMemory, PhoneMemory } from './wx/device-context.js'
import type { DeviceFile } from './wx/files.js'

/** All phones, and what they remember. */
export interface Phones {
  /** Throws TypeError when an option makes no sense. */
  open(options: DeviceOptions): Device
  /** Nothing was ever stored, allowed or refused; what runs on a phone now keeps what it has. */
  forget(): void
  /** Nothing calls back any more. */
  close(): void
}

const MAIN_DEVICE = 'main'

/** No phone is open at first. */
export function createPhones(wechat: Wechat): Phones {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const consents = new Map<string, ConsentMemory>()
  const memories = new Map<string, DeviceMemory>()
  const ends = new Set<() => void>()
  let off = false

  function memoryOf({ appid, person, device = MAIN_DEVICE, storage, files }: DeviceOptions): PhoneMemory {
    const consent = keep(consents, `${appid}/${person}`, () => ({ authSetting: {}, privacy: { agreed: new Set<string>(), refusedAt: undefined } }))
    const kept = keep(memories, `${appid}/${person}/${device}`, () => ({ storage: new Map<string, string>(), files: new Map<string, DeviceFile>(), session: { lastCode: undefined } }))
    return { ...consent, ...kept, ...files !== undefined && { files }, ...storage !== undefined && { storage, session: { lastCode: undefined } } }
  }

  return {
    open: (options) => openDevice(options, wechat, { agents, memory: memoryOf(options), ends, isOff: () => off }),
    forget() {
      consents.clear()
      memories.clear()
    },
    close() {
      off = true
      for (const end of [...ends]) end()
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function keep<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
