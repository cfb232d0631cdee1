import type { FoundPicture } from './picture.js'

const START = Buffer.from('ffd8', 'hex')
const END = Buffer.from('ffd9', 'hex')
const APP0 = 0xe0
const EXIF = 0xe1
const APP14 = 0xee
const COMMENT = 0xfe
const SCAN = 0xda

/** Reads a JPEG, marker by marker, until its end. Exif, XMP, IPTC and comments are left out, but for how the picture lies. null when it is none. */
export function readJpeg(bytes: Buffer): FoundPicture | null {
  if (!bytes.subarray(0, 2).equals(START)) return null
  const kept: Buffer[] = [START]
  let size: { width: number, height: number } | null = null
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    // Padding.
    if (marker === 0xff) {
      at++
      continue
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    if (marker < 0xc0 || end > bytes.length) return null
    const segment = bytes.subarray(at, end)
    // Of two frames nobody knows which one is drawn.
    if (isFrame(marker) && size) return null
    if (isFrame(marker) && segment.length >= 9) size = { height: segment.readUInt16BE(5), width: segment.readUInt16BE(7) }
    if (marker === EXIF) kept.push(...orientationOf(segment))
    if (isKept(marker, segment)) kept.push(segment)
    at = marker === SCAN ? endOfScan(bytes, end) : end
    if (marker === SCAN) kept.push(bytes.subarray(end, at))
    if (size && bytes.subarray(at, at + 2).equals(END)) return { type: 'jpg', ...size, bytes: Buffer.concat([...kept, END]) }
  }
  return null
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

// Of what applications add, JFIF, colour profiles and Adobe's colour transform change how the pixels look.
function isKept(marker: number, segment: Buffer): boolean {
  if (marker < APP0) return true
  return marker === APP0 || marker === APP14 || segment.toString('latin1', 4, 15) === 'ICC_PROFILE' || (marker > 0xef && marker !== COMMENT)
}

// Within a scan 0xff is followed by 0 or by a restart marker; anything else ends it.
function endOfScan(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from)
  while (at >= 0 && at + 1 < bytes.length && (bytes[at + 1] === 0 || (bytes[at + 1]! >= 0xd0 && bytes[at + 1]! <= 0xd7))) at = bytes.indexOf(0xff, at + 2)
  return at < 0 ? bytes.length : at
}

// A phone writes how it was held into Exif, and the pixels as they came: without this one value the picture would lie on its side.
function orientationOf(segment: Buffer): Buffer[] {
  const tiff = segment.subarray(10)
  if (segment.toString('latin1', 4, 8) !== 'Exif' || tiff.length < 14) return []
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const read16 = (at: number): number => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  for (let entry = 0; entry < read16(directory); entry++) {
    const at = directory + 2 + 12 * entry
    if (at + 12 > tiff.length) break
    const value = read16(at + 8)
    if (read16(at) === 0x112 && value >= 1 && value <= 8) return [exifOf(value)]
  }
  return []
}

// The smallest Exif there is: big-endian, one directory of one entry.
function exifOf(orientation: number): Buffer {
  return Buffer.from(`ffe10022457869660000${'4d4d002a00000008'}${'0001'}${'0112000300000001'}000${orientation}0000${'00000000'}`, 'hex')
}
