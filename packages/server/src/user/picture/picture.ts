import { readGif } from './gif.js'
import { readJpeg } from './jpeg.js'
import { readPng } from './png.js'
import { readWebp } from './webp.js'

/** A picture without what it tells of its maker: place, time, device, comments, anything behind its end. */
export interface Picture {
  readonly type: 'png' | 'jpg' | 'webp' | 'gif'
  readonly bytes: Uint8Array
}

/** What a reader of one format finds. */
export interface FoundPicture extends Picture {
  readonly width: number
  readonly height: number
}

/** Largest avatar, in bytes. */
export const LARGEST_PICTURE_BYTES: number = 2 * 1024 * 1024

const LONGEST_SIDE = 4096
const MOST_PIXELS = 16_000_000
const READERS = [readPng, readJpeg, readWebp, readGif]

/**
 * A picture by its content, whatever its name and declared type say; null for everything that is no whole PNG, JPEG, WebP or GIF, and for
 * one of more than 4096 pixels a side or 16 million in all: a small file may unfold to a huge picture on the phones of others.
 */
export function readPicture(given: Uint8Array): Picture | null {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength)
  const found = READERS.map((read) => read(bytes)).find((picture) => picture !== null)
  if (!found || found.width < 1 || found.height < 1 || found.width > LONGEST_SIDE || found.height > LONGEST_SIDE) return null
  return found.width * found.height > MOST_PIXELS ? null : { type: found.type, bytes: found.bytes }
}
