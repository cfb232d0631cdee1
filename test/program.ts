import { createPhone } from '@tongxing/emulator/runtime'
import type { PhoneOptions, TestPhone } from '@tongxing/emulator/runtime'
import { expect, onTestFinished } from 'vitest'

/** A program on a phone in jsdom, until the test ends; it must compile without a warning and run without an error. */
export async function runProgram(options: PhoneOptions): Promise<TestPhone> {
  const phone = createPhone(options)
  onTestFinished(() => {
    expect([phone.errors, phone.warnings, phone.console.filter(({ level }) => level === 'warn' || level === 'error')]).toEqual([[], [], []])
    phone.close()
  })
  await phone.settle()
  return phone
}

/** A tap, and everything that follows from it. */
export async function tap(phone: TestPhone, selector: string): Promise<void> {
  phone.tap(selector)
  await phone.settle()
}
