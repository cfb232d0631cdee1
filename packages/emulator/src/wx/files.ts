import { randomText } from '../random.js'
import type { Random } from '../random.js'

/** A file on the phone. */
export interface DeviceFile {
  /** Media type, such as `image/png`. */
  readonly type: string
  readonly bytes: Buffer
}

/** The mini program's files by path (`wxfile://…`): a Map, or anything that works like one. */
export interface FileMap {
  get(path: string): DeviceFile | undefined
  set(path: string, file: DeviceFile): unknown
  delete(path: string): boolean
  keys(): Iterable<string>
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif', 'image/webp': 'webp', 'image/svg+xml': 'svg',
  'application/json': 'json', 'application/pdf': 'pdf', 'text/plain': 'txt', 'text/html': 'html', 'audio/mpeg': 'mp3', 'video/mp4': 'mp4',
}

/** Keeps a temporary file; returns the path by which the program knows it. */
export function keepTemporaryFile(files: FileMap, file: DeviceFile, random: Random): string {
  const extension = EXTENSIONS[file.type.split(';', 1)[0]?.trim().toLowerCase() ?? ''] ?? 'unknown'
  const path = `wxfile://tmp_${randomText(random, 24)}.${extension}`
  files.set(path, file)
  return path
}
