import path from 'node:path'
import type { Device, DeviceOptions, EmulatorOptions } from '@tongxing/emulator'
import type { PhoneOptions, TestPhone } from '@tongxing/emulator/runtime'
import { JWEIXIN } from '@tongxing/emulator/simulator'
import { startBackEnd } from '../examples/back-end/back-end.mjs'
import { runProgram } from './program.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const FOLDER = path.join(import.meta.dirname, '../examples/miniprogram')

/** A demo program on a phone, and what is around it. */
export interface Demo {
  readonly stage: Stage
  readonly device: Device
  readonly phone: TestPhone
}

/** Emulator, server and back end, as `npm start` puts them together. */
export const openDemoStage = (emulator: EmulatorOptions = {}): Promise<Stage> => openStage({
  emulator, server: { phoneEncryptedData: true }, backEnd: (auth, { port, emulator: { url } }) => startBackEnd(auth, { port, jweixin: url + JWEIXIN }),
})

/** The demo program, open on a page of a phone; logged in already, as at each of its starts. */
export async function openDemo(page: string, options: Partial<DeviceOptions> = {}): Promise<Demo> {
  const stage = await openDemoStage()
  const { device } = stage.phone(options)
  return { stage, device, phone: await open(device, page) }
}

/** The demo program on a device. */
export function open(device: Device, page: string, options: Partial<PhoneOptions> = {}): Promise<TestPhone> {
  return runProgram({ folder: FOLDER, wx: device.wx, gesture: device, page, openType: device.tapButton, ...options })
}

/** The texts of all elements that match. */
export const lines = (phone: TestPhone, selector: string): string[] => phone.findAll(selector).map(({ textContent }) => textContent)
