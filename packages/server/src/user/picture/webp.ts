import type { FoundPicture } from './picture.js'

const KEPT: ReadonlySet<string> = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
// In the flags of VP8X: "this file has XMP" and "… Exif".
const METADATA_FLAGS = 0b1100

/** Reads a WebP: a RIFF of chunks. Exif and XMP are left out. null when it is none. */
export function readWebp(bytes: Buffer): FoundPicture | null {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return null
  const end = 8 + bytes.readUInt32LE(4)
  if (end > bytes.length) return null
  const kept: Buffer[] = []
  for (let at = 12; at + 8 <= end;) {
    const length = bytes.readUInt32LE(at + 4)
    const next = at + 8 + length + (length % 2)
    if (next > end) return null
    if (KEPT.has(bytes.toString('latin1', at, at + 4))) kept.push(Buffer.from(bytes.subarray(at, next)))
    at = next
  }
  const sizes = kept.map(sizeOf).filter((size) => size !== null)
  if (!kept[0] || !/^VP8/.test(kept[0].toString('latin1', 0, 4)) || sizes.length === 0 || !kept.some((chunk) => /^VP8[ L]|^ANMF/.test(chunk.toString('latin1', 0, 4)))) return null
  if (kept[0].toString('latin1', 0, 4) === 'VP8X') kept[0][8]! &= ~METADATA_FLAGS
  const body = Buffer.concat([Buffer.from('WEBP'), ...kept])
  const header = Buffer.from('RIFF\0\0\0\0', 'latin1')
  header.writeUInt32LE(body.length, 4)
  // The largest of canvas and frames, whichever a player goes by.
  return { type: 'webp', width: Math.max(...sizes.map((size) => size.width)), height: Math.max(...sizes.map((size) => size.height)), bytes: Buffer.concat([header, body]) }
}

function sizeOf(chunk: Buffer): { width: number, height: number } | null {
  const data = chunk.subarray(8)
  if (data.length < 10) return null
  switch (chunk.toString('latin1', 0, 4)) {
    case 'VP8X': return { width: 1 + data.readUIntLE(4, 3), height: 1 + data.readUIntLE(7, 3) }
    case 'ANMF': return data.length < 12 ? null : { width: 1 + data.readUIntLE(6, 3), height: 1 + data.readUIntLE(9, 3) }
    case 'VP8L': return data[0] === 0x2f ? { width: 1 + (data.readUInt32LE(1) & 0x3fff), height: 1 + ((data.readUInt32LE(1) >>> 14) & 0x3fff) } : null
    case 'VP8 ': return data.readUIntBE(3, 3) === 0x9d012a ? { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff } : null
    default: return null
  }
}
