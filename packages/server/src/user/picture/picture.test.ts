import { deflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { readPicture } from './picture.js'

const GPS = 'GPSLatitude 31.2304'
const be32 = (value: number): Buffer => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255))
const le24 = (value: number): Buffer => Buffer.from([value, value >>> 8, value >>> 16].map((byte) => byte & 255))

/** A chunk of a PNG; its checksum is not looked at. */
const chunk = (type: string, data: Buffer): Buffer => Buffer.concat([be32(data.length), Buffer.from(type), data, be32(0)])

function png(width = 2, height = 1, extra: Buffer[] = []): Buffer {
  const header = Buffer.concat([be32(width), be32(height), Buffer.of(8, 2, 0, 0, 0)])
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), ...extra, chunk('IDAT', deflateSync(Buffer.alloc(7))), chunk('IEND', Buffer.alloc(0))])
}

const segment = (marker: number, data: Buffer): Buffer => Buffer.concat([Buffer.of(0xff, marker, (data.length + 2) >>> 8, (data.length + 2) & 255), data])

/** Little-endian Exif with an orientation and a place. */
function exif(orientation: number): Buffer {
  const entry = (tag: number, value: number): Buffer => Buffer.of(tag & 255, tag >>> 8, 3, 0, 1, 0, 0, 0, value, 0, 0, 0)
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0II*\0\x08\0\0\0\x02\0', 'latin1'), entry(0x10f, 1), entry(0x112, orientation), Buffer.alloc(4), Buffer.from(GPS)]))
}

function jpeg(width = 2, height = 1, extra: Buffer[] = []): Buffer {
  const frame = Buffer.concat([Buffer.of(8), be32(height).subarray(2), be32(width).subarray(2), Buffer.of(1, 1, 0x11, 0)])
  const scan = Buffer.concat([segment(0xda, Buffer.of(1, 1, 0, 0, 63, 0)), Buffer.from('12ff00ffd334', 'hex')])
  return Buffer.concat([Buffer.from('ffd8', 'hex'), segment(0xe0, Buffer.from('JFIF\0')), ...extra, segment(0xc2, frame), scan, segment(0xc4, Buffer.of(0)), scan, Buffer.from('ffd9', 'hex')])
}

function riff(chunks: [string, Buffer][]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks.flatMap(([type, data]) => [Buffer.from(type), le24(data.length), Buffer.of(0), data, Buffer.alloc(data.length % 2)])])
  return Buffer.concat([Buffer.from('RIFF'), le24(body.length), Buffer.of(0), body])
}

const lossy = (width: number, height: number): Buffer => Buffer.concat([Buffer.from('0000009d012a', 'hex'), le24(width).subarray(0, 2), le24(height).subarray(0, 2), Buffer.alloc(4)])
const canvas = (width: number, height: number): Buffer => Buffer.concat([Buffer.of(0b1100, 0, 0, 0), le24(width - 1), le24(height - 1)])
const webp = (width = 2, height = 1): Buffer => riff([['VP8X', canvas(width, height)], ['VP8 ', lossy(width, height)], ['EXIF', Buffer.from(GPS)], ['XMP ', Buffer.from(GPS)]])

function gif(width = 2, height = 1): Buffer {
  const side = (value: number): Buffer => le24(value).subarray(0, 2)
  const comment = Buffer.concat([Buffer.of(0x21, 0xfe, GPS.length), Buffer.from(GPS), Buffer.of(0)])
  const image = Buffer.concat([Buffer.of(0x2c, 0, 0, 0, 0), side(width), side(height), Buffer.of(0, 2, 1, 0x44, 0)])
  return Buffer.concat([Buffer.from('GIF89a'), side(width), side(height), Buffer.of(0x80, 0, 0), Buffer.alloc(6), comment, image, Buffer.of(0x3b)])
}

const SAMPLES: [string, (width?: number, height?: number) => Buffer, string][] = [
  ['PNG', (w, h) => png(w, h, [chunk('tEXt', Buffer.from(GPS)), chunk('eXIf', Buffer.from(GPS)), chunk('sRGB', Buffer.of(0))]), 'png'],
  ['JPEG', (w, h) => jpeg(w, h, [exif(6), segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${GPS}`)), segment(0xed, Buffer.from(GPS)), segment(0xfe, Buffer.from(GPS))]), 'jpg'],
  ['WebP', webp, 'webp'],
  ['GIF', gif, 'gif'],
]

it.each(SAMPLES)('knows a %s by its content, leaves out what it tells of place and time, and what stands behind its end', (_name, make, type) => {
  const given = Buffer.concat([make(), Buffer.from(`<script>${GPS}</script>`)])
  expect(given.includes(GPS)).toBe(true)
  const picture = readPicture(given)!
  expect(picture.type).toBe(type)
  expect(Buffer.from(picture.bytes).includes('GPS')).toBe(false)
  expect(readPicture(picture.bytes)).toEqual(picture)
})

it.each(SAMPLES)('IN-AVATAR-SIZE: refuses a %s of too many pixels, or of none', (_name, make) => {
  expect(readPicture(make(4096, 3906))).not.toBeNull()
  for (const [width, height] of [[4097, 1], [1, 4097], [4096, 4096]]) expect(readPicture(make(width, height))).toBeNull()
})

it('IN-AVATAR-SIZE: refuses small pictures in which a larger one hides: a frame that sticks out of its canvas, and a JPEG of two frames', () => {
  const huge = le24(65_535).subarray(0, 2)
  const sticksOut = Buffer.from(gif())
  const frame = sticksOut.indexOf(Buffer.of(0x2c, 0, 0, 0, 0)) + 5
  const far = Buffer.from(sticksOut)
  huge.copy(sticksOut, frame)
  huge.copy(far, frame - 4)
  const second = segment(0xc0, Buffer.concat([Buffer.of(8), huge, huge, Buffer.of(1, 1, 0x11, 0)]))
  const animated = (side: number): Buffer => riff([['VP8X', canvas(2, 1)], ['ANMF', Buffer.concat([Buffer.alloc(6), le24(side - 1), le24(side - 1), Buffer.alloc(4)])]])
  expect(readPicture(animated(2))).not.toBeNull()
  for (const picture of [sticksOut, far, jpeg(2, 1, [second]), riff([['VP8X', canvas(2, 1)], ['VP8 ', lossy(16_000, 16_000)]]), animated(5000)]) expect(readPicture(picture)).toBeNull()
})

it.each(SAMPLES)('refuses a %s that breaks off, anywhere, and never throws', (_name, make) => {
  const whole = make()
  for (let length = 0; length < whole.length; length++) expect(readPicture(whole.subarray(0, length))).toBeNull()
})

it.each(SAMPLES)('takes no %s with any byte changed for anything that throws', (_name, make) => {
  const whole = make()
  for (let at = 0; at < whole.length; at++) {
    for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
      const broken = Buffer.from(whole)
      broken[at] = value
      readPicture(broken)
    }
  }
})

it('keeps how a photo lies, and nothing else of its Exif', () => {
  const clean = Buffer.from(readPicture(jpeg(2, 1, [exif(6)]))!.bytes)
  const at = clean.indexOf('Exif')
  expect(clean.toString('hex', at + 6, at + 32)).toBe('4d4d002a00000008000101120003000000010006000000000000')
  expect(readPicture(clean)).toEqual({ type: 'jpg', bytes: clean })
})

it('reads real pictures', () => {
  const dot = (text: string): Buffer => Buffer.from(text, 'base64')
  expect(readPicture(dot('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='))?.type).toBe('png')
  expect(readPicture(dot('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'))?.type).toBe('gif')
  expect(readPicture(dot('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=='))?.type).toBe('webp')
})

it.each([
  ['nothing', ''],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['HTML', '<!doctype html><script>alert(1)</script>'],
  ['HTML behind the first bytes of a GIF', 'GIF89a/*<script>alert(1)</script>*/'],
  ['a PDF', '%PDF-1.7'],
  ['a BMP', `BM${'\0'.repeat(60)}`],
])('refuses %s', (_name, text) => {
  expect(readPicture(Buffer.from(text, 'latin1'))).toBeNull()
})
