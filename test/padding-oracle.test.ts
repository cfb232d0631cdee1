import { createCipheriv, randomBytes } from 'node:crypto'
import { createHandler } from '@tongxing/server'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

/** Forging one block byte by byte takes some 20,000; LONG_TESTS=1 asks twice as often. */
const QUERIES = process.env.LONG_TESTS ? 40_960 : 10_240
const BLOCK = 16

/** The two routes that open what WeChat encrypted: what an attacker sends to them, and what he wants them to keep. */
const FORMS = {
  profile: {
    route: '/v1/me/profile',
    own: (stage: Stage) => stage.emulator.profileOf({ appid: stage.appid, person: stage.person }),
    body: ({ rawData, signature }: { rawData?: string, signature?: string }) => ({ rawData, signature }),
    wanted: { nickName: 'forged' },
  },
  phone: {
    route: '/v1/me/phone',
    own: (stage: Stage) => stage.emulator.phoneDataOf({ appid: stage.appid, person: stage.person }),
    body: () => ({}),
    wanted: { purePhoneNumber: '13800138000', countryCode: '86' },
  },
}

it.each(['profile', 'phone'] as const)(`SEC-WX-ORACLE, T08, %s: with the budget off, ${QUERIES} adaptive queries open and forge nothing: every failure has the same bytes`, async (form) => {
  const { route, own, body, wanted } = FORMS[form]
  const stage = await openStage({ server: { decryptBudget: false, phoneEncryptedData: true, log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } } })
  const token = await stage.login()
  const signed: { encryptedData: string, iv: string, rawData?: string, signature?: string } = own(stage)
  const handler = createHandler(stage.auth)
  const bodies = new Set<string>()
  const statuses = new Set<number>()
  const ask = async (encryptedData: Buffer, iv: Buffer): Promise<string> => {
    const response = await handler(new Request(`https://api.example.com${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ ...body(signed), encryptedData: encryptedData.toString('base64'), iv: iv.toString('base64') }),
    }))
    const text = await response.text()
    bodies.add(text)
    statuses.add(response.status)
    return text
  }

  // Vaudenay's attack: for each byte of the last block's intermediate value, the one answer that differs tells the right guess.
  const blob = Buffer.from(signed.encryptedData, 'base64')
  const target = blob.subarray(-BLOCK)
  const common = await ask(target, randomBytes(BLOCK))
  let told = 0
  for (let query = 0; query < QUERIES; query += 256) {
    const position = BLOCK - 1 - (query / 256) % BLOCK
    const iv = randomBytes(BLOCK)
    for (let guess = 0; guess < 256; guess++) {
      iv[position] = guess
      if (await ask(target, iv) !== common) told++
    }
  }
  expect(told).toBe(0)
  expect([...statuses]).toEqual([400])
  expect(bodies.size).toBe(1)

  // And what somebody would send at the end: data of his own making, under a key he does not know.
  const cipher = createCipheriv('aes-128-cbc', randomBytes(BLOCK), Buffer.from(signed.iv, 'base64'))
  const forged = Buffer.concat([cipher.update(JSON.stringify({ ...wanted, watermark: { appid: stage.appid, timestamp: 0 } })), cipher.final()])
  expect(await ask(forged, Buffer.from(signed.iv, 'base64'))).toBe(common)
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ profile: null, phone: null })
}, 120_000)
