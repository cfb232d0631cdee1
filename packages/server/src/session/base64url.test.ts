import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBase64url, encodeId } from './base64url.js'

const groups = fc.array(fc.uint8Array({ minLength: 3, maxLength: 3 }), { maxLength: 40 }).map((threes) => Buffer.concat(threes))

it('writes the bytes that Node reads from the same text, where they were asked for and nowhere else', () => {
  fc.assert(fc.property(groups, fc.nat(8), (bytes, at) => {
    const room = Buffer.alloc(bytes.length + 16, 0xee)
    expect(decodeBase64url(`txs_${bytes.toString('base64url')}`, 4, room, at)).toBe(true)
    expect(room).toEqual(Buffer.concat([Buffer.alloc(at, 0xee), bytes, Buffer.alloc(room.length - at - bytes.length, 0xee)]))
  }))
})

it('refuses every character that is none of the alphabet, wherever it stands', () => {
  const alphabet = /^[A-Za-z0-9_-]$/
  const room = Buffer.alloc(6)
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code)
    for (let at = 0; at < 8; at++) {
      const text = `${'A'.repeat(at)}${character}${'A'.repeat(7 - at)}`
      if (decodeBase64url(text, 0, room, 0) !== alphabet.test(character)) expect.fail(`U+${code.toString(16)} at ${at}`)
    }
  }
})

it('writes the id that Node makes of the same sixteen bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(8), (id, at) => {
    const room = Buffer.concat([Buffer.alloc(at, 0xee), id])
    expect(encodeId('u_', room, at)).toBe(`u_${Buffer.from(id).toString('base64url')}`)
  }))
})
