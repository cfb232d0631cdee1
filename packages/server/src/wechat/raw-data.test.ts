import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { secret } from '../secret.js'
import { isRawDataSigned } from './raw-data.js'

interface Vector { id: string, rawData: string, session_key: string, signature: string }
const vectors = JSON.parse(readFileSync(new URL('../../../../test/vectors.json', import.meta.url), 'utf8')) as { rawDataSignature: Vector[] }
const [band] = vectors.rawDataSignature as [Vector]

it.each(vectors.rawDataSignature)('accepts the published signature $id', ({ rawData, session_key: key, signature }) => {
  expect(isRawDataSigned([secret(key)], rawData, signature)).toBe(true)
})

it('accepts a signature of any of several keys', () => {
  const keys = [secret('AAECAwQFBgcICQoLDA0ODw=='), secret(band.session_key)]
  expect(isRawDataSigned(keys, band.rawData, band.signature)).toBe(true)
})

it('IN-PROFILE-SIGNED, T13: refuses rawData that was parsed and written again, reordered, or changed by a byte', () => {
  const reordered = JSON.stringify({ gender: 1, nickName: 'Band' })
  for (const rawData of [`\uFEFF${band.rawData}`, `${band.rawData} `, band.rawData.replace('"Band"', '"Bend"'), band.rawData.replace(':', ': '), reordered, '']) {
    expect(isRawDataSigned([secret(band.session_key)], rawData, band.signature)).toBe(false)
  }
})

it('refuses a signature of another shape or another key, and everything without keys', () => {
  const other = createHash('sha1').update(`${band.rawData}other`).digest('hex')
  for (const signature of ['', 'zz', band.signature.slice(1), `${band.signature}00`, other]) {
    expect(isRawDataSigned([secret(band.session_key)], band.rawData, signature)).toBe(false)
  }
  expect(isRawDataSigned([], band.rawData, band.signature)).toBe(false)
})
