import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { MAIN_DEVICE, openDevice } from './device.js'
import type { Device, DeviceOptions } from './device.js'
import type { Wechat } from './wechat.js'
import type { ConsentMemory, DeviceMemory, PhoneMemory } from './wx/device-context.js'
import type { DeviceFile } from './wx/files.js'

/** All phones, and what they remember. */
export interface Phones {
  /** Throws TypeError when an option makes no sense. */
  open(options: DeviceOptions): Device
  /** Ends what runs; nothing was ever stored, allowed or refused. */
  endAll(): void
  /** Nothing calls back any more. */
  close(): void
}

/** No phone is open at first. */
export function createPhones(wechat: Wechat): Phones {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const consents = new Map<string, ConsentMemory>()
  const memories = new Map<string, DeviceMemory>()
  const ends = new Set<() => void>()
  let power = { off: false }

  function memoryOf({ appid, person, device = MAIN_DEVICE, storage, files }: DeviceOptions): PhoneMemory {
    const consent = keep(consents, `${appid}/${person}`, () => ({ authSetting: {}, privacy: { agreed: new Set<string>(), refusedAt: undefined } }))
    const kept = keep(memories, `${appid}/${person}/${device}`, () => ({ storage: new Map<string, string>(), files: new Map<string, DeviceFile>(), session: { lastCode: undefined }, backgroundFetch: { token: undefined, data: new Map() } }))
    return { ...consent, ...kept, ...files !== undefined && { files }, ...storage !== undefined && { storage, session: { lastCode: undefined } } }
  }

  function switchOff(): void {
    power.off = true
    for (const end of [...ends]) end()
    ends.clear()
  }

  return {
    open(options) {
      const own = power
      return openDevice(options, wechat, { agents, memory: memoryOf(options), ends, isOff: () => own.off })
    },
    endAll() {
      switchOff()
      power = { off: false }
      consents.clear()
      memories.clear()
    },
    close() {
      switchOff()
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
