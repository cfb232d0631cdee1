import type { FoundPicture } from './picture.js'

const IMAGE = 0x2c
const EXTENSION = 0x21
const TRAILER = 0x3b
const GRAPHIC_CONTROL = 0xf9
const APPLICATION = 0xff

/** Reads a GIF, block by block, until its trailer. Comments, text and what applications add are left out, but for the loop. null when it is none. */
export function readGif(bytes: Buffer): FoundPicture | null {
  if (!/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6)) || bytes.length < 14) return null
  let at = 13 + tableBytes(bytes[10]!)
  const kept: Buffer[] = [bytes.subarray(0, at)]
  // Players make the canvas as large as a frame that sticks out of it.
  let [width, height, images] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8), 0]
  while (at < bytes.length) {
    if (bytes[at] === TRAILER) return images === 0 ? null : { type: 'gif', width, height, bytes: Buffer.concat([...kept, Buffer.of(TRAILER)]) }
    const end = endOfBlock(bytes, at)
    if (end === null) return null
    if (bytes[at] === IMAGE) {
      images++
      width = Math.max(width, bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5))
      height = Math.max(height, bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7))
    }
    if (bytes[at] === IMAGE || isKept(bytes, at)) kept.push(bytes.subarray(at, end))
    at = end
  }
  return null
}

function isKept(bytes: Buffer, at: number): boolean {
  return bytes[at + 1] === GRAPHIC_CONTROL || (bytes[at + 1] === APPLICATION && bytes.toString('latin1', at + 3, at + 14) === 'NETSCAPE2.0')
}

const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

// Data comes in pieces of up to 255 bytes, each with its length in front; a length of 0 ends them.
function endOfBlock(bytes: Buffer, at: number): number | null {
  if (bytes[at] !== IMAGE && bytes[at] !== EXTENSION) return null
  let piece = bytes[at] === IMAGE ? at + 11 + tableBytes(bytes[at + 9] ?? 0) : at + 2
  while (piece < bytes.length && bytes[piece] !== 0) piece += 1 + bytes[piece]!
  return piece < bytes.length ? piece + 1 : null
}
