import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'

/** LONG_TESTS=1 tries as many as a release needs. */
const MUTATIONS = process.env.LONG_TESTS ? 1_000_000 : 100_000
const ALPHABET = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

it(`T15: of ${MUTATIONS} altered tokens none is accepted, and each is refused as what it is: unknown`, async () => {
  const { auth, ...stage } = await openStage()
  const [token, other] = [await stage.login(), await stage.login()]
  const place = fc.integer({ min: 0, max: token.length - 1 })
  const altered = fc.oneof(
    fc.tuple(place, ALPHABET).map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1)),
    fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([at, bit]) => token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) ^ (1 << bit)) + token.slice(at + 1)),
    place.map((at) => token.slice(0, at) + other.slice(at)),
    place.map((at) => token.slice(0, at)),
    fc.tuple(place, fc.string({ maxLength: 4 })).map(([at, inserted]) => token.slice(0, at) + inserted + token.slice(at)),
    fc.constantFrom(token.toLowerCase(), token.toUpperCase(), `${token}=`, ` ${token}`, `${token} `, token.repeat(2), token.normalize('NFKC') + '\u200b'),
  )
  const sound = new Set([token, other])
  await fc.assert(fc.asyncProperty(altered, async (text) => {
    if (sound.has(text)) return
    const verdict = await auth.verify(text).then(() => 'accepted', (error: { code: string }) => error.code)
    if (verdict !== 'session_unknown') throw new Error(`${verdict}: ${JSON.stringify(text)}`)
  }), { numRuns: MUTATIONS, seed: 15 })
  expect((await auth.verify(token)).appid).toBe(stage.appid)
}, 600_000)
