import path from 'node:path'
import type { Device, DeviceOptions, EmulatorOptions } from '@tongxing/emulator'
import { createPhone } from '@tongxing/emulator/runtime'
import type { PhoneOptions, TestPhone } from '@tongxing/emulator/runtime'
import { JWEIXIN } from '@tongxing/emulator/simulator'
import { expect, onTestFinished } from 'vitest'
import { startBackEnd } from '../examples/back-end/back-end.mjs'
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

/** The demo program on a device; it must run without an error or a warning. */
export async function open(device: Device, page: string, options: Partial<PhoneOptions> = {}): Promise<TestPhone> {
  const phone = createPhone({ folder: FOLDER, wx: device.wx, gesture: device, page, openType: device.tapButton, ...options })
  onTestFinished(() => {
    expect(phone.errors).toEqual([])
    expect(phone.console.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
    phone.close()
  })
  await phone.settle()
  return phone
}

/** Taps, and waits until nothing is left to happen. */
export async function tap(phone: TestPhone, selector: string): Promise<void> {
  phone.tap(selector)
  await phone.settle()
}

/** The texts of all elements that match. */
export const lines = (phone: TestPhone, selector: string): string[] => phone.findAll(selector).map(({ textContent }) => textContent)
