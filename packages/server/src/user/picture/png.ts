import type { FoundPicture } from './picture.js'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
// What the pixels need; text, Exif, time, and the frames of an animation are left out.
const KEPT: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'pHYs'])

/** Reads a PNG: length, type, data and checksum, chunk by chunk, until IEND. null when it is none. */
export function readPng(bytes: Buffer): FoundPicture | null {
  if (!bytes.subarray(0, 8).equals(SIGNATURE) || bytes.toString('latin1', 12, 16) !== 'IHDR' || bytes.length < 33) return null
  const kept: Buffer[] = [SIGNATURE]
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (end > bytes.length) return null
    if (KEPT.has(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IEND') return { type: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), bytes: Buffer.concat(kept) }
    at = end
  }
  return null
}
