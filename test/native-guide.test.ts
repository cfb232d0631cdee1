import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DeviceOptions } from '@tongxing/emulator'
import { expect, it, onTestFinished } from 'vitest'
import { runProgram, tap } from './program.js'
import { countCalls, openStage } from './stage.js'

const ROOT = path.join(import.meta.dirname, '..')
const GUIDE = readFileSync(path.join(ROOT, 'docs/guides/native.md'), 'utf8')

/** The program that the guide's blocks are: those that name their file, and app.json. */
function writeProgram(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-guide-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  for (const [, inScript, inMarkup, text = ''] of GUIDE.matchAll(/```(?:js|html)\n(?:\/\/ (\S+\.js)|<!-- (\S+\.wxml) -->)\n([^]*?)```/g)) write(inScript ?? inMarkup!, text.replaceAll('https://api.example.com', 'https://api.demo.test'))
  write('app.json', /```json\n([^]*?)```/.exec(GUIDE)![1]!)
  write('components/privacy-popup/privacy-popup.json', '{ "component": true }')
  mkdirSync(path.join(folder, 'node_modules/@tongxing'), { recursive: true })
  symlinkSync(path.join(ROOT, 'packages/client'), path.join(folder, 'node_modules/@tongxing/client'))
  return folder
}

async function openGuide(page: string, options: Partial<DeviceOptions> = {}) {
  const stage = await openStage()
  const { device } = stage.phone(options)
  const phone = await runProgram({
    folder: writeProgram(), wx: device.wx, gesture: device, page,
    openType: (name, button) => device.tapButton(name as 'chooseAvatar', { ...button, picture: { bytes: readFileSync(path.join(ROOT, 'examples/back-end/sample.png')), type: 'image/png' } }),
  })
  return { stage, device, phone }
}

it('the guide’s program logs in as it starts, stays logged out, and logs in again when it is asked to', async () => {
  const { device, phone } = await openGuide('pages/mine/mine')
  expect(phone.text('.uid')).toMatch(/^u_/)
  await tap(phone, '#logout')
  expect(phone.text('.uid')).toBe('未登录')
  await tap(phone, '#login')
  expect([phone.text('.uid'), countCalls(device, 'login')]).toEqual([expect.stringMatching(/^u_/), 2])
})

it('its profile page uploads the picture and keeps the nickname, once the person agreed in its popup', async () => {
  const { device, phone } = await openGuide('pages/profile/profile')
  phone.tap('#choose')
  await expect.poll(() => phone.find('.popup')?.textContent).toContain('button.chooseAvatar')
  await tap(phone, '#agree')
  expect(phone.find('.popup')).toBe(undefined)
  phone.input('input', '小明')
  phone.submit('#form')
  await phone.settle()
  expect([phone.text('.saved'), countCalls(device, 'uploadFile')]).toEqual(['小明', 1])
})

it('its phone page shows the masked number; a refusal in the popup ends the call and shows why', async () => {
  const { phone } = await openGuide('pages/phone/phone')
  const ask = async (): Promise<void> => {
    phone.tap('#phone')
    await expect.poll(() => phone.find('.popup')).not.toBe(undefined)
  }
  await ask()
  await tap(phone, '#disagree')
  expect([phone.find('.popup'), phone.text('.phone'), phone.text('.phone-toast')]).toEqual([undefined, '', '您没有同意隐私保护指引'])
  await ask()
  await tap(phone, '#agree')
  expect(phone.text('.phone')).toMatch(/^\d{3}\*{4}\d{4}$/)
})
