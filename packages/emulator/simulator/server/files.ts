import { randomBytes } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { HttpError, readBody, send, sendJson, typeOf } from './http.js'
import type { Phone } from './phones.js'

/** Largest picture in bytes. */
const LARGEST = 4 * 1024 * 1024
/** Temporary files of one phone. */
const MOST = 50

/** How paths of the phone's own files begin. */
const SCHEME = 'wxfile://'

const built = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url))

/** The page's policy: nothing from outside, so that it works, and looks the same, with no internet. */
const PAGE_POLICY = { 'content-security-policy': 'default-src \'self\'; img-src \'self\' data: blob: https:; style-src \'self\' \'unsafe-inline\'; frame-ancestors \'none\'' }

/** The page itself. Throws Error when the package was not built. */
export function sendPage(response: ServerResponse): void {
  send(response, typeOf('.html'), readFileSync(built('page/index.html')), PAGE_POLICY)
}

/** A built file of the simulator: `page/…` or `bridge.js`. Names of the page's assets carry a hash, so they may be kept. */
export function sendBuilt(file: string, response: ServerResponse): void {
  const headers = file.startsWith('page/') ? { 'cache-control': 'public, max-age=31536000, immutable' } : {}
  send(response, typeOf(file), readInside(built('.'), file), headers)
}

/** A picture or other file of the mini program. */
export function sendProgramFile(root: string, file: string, response: ServerResponse): void {
  send(response, typeOf(file), readInside(root, file))
}

/** Throws HttpError 404 for what is not there, is no file, or lies outside of the folder. */
function readInside(folder: string, file: string): Buffer {
  try {
    const root = realpathSync(folder)
    const place = realpathSync(path.join(root, file))
    if (place.startsWith(root + path.sep) && !file.split('/').some((part) => part.startsWith('.')) && statSync(place).isFile()) return readFileSync(place)
  } catch {
    // Not there.
  }
  throw new HttpError(404, `there is no ${file}`)
}

/** Keeps a picture that the person chose; answers the temporary path by which the program knows it. */
export async function keepTemporaryFile(phone: Phone, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const type = request.headers['content-type'] ?? ''
  if (!/^image\/(png|jpeg|gif|webp)$/.test(type)) throw new HttpError(415, 'a picture is PNG, JPEG, GIF or WebP')
  const bytes = await readBody(request, LARGEST)
  const name = `${SCHEME}tmp_${randomBytes(12).toString('hex')}.${type.slice('image/'.length)}`
  phone.files.set(name, { type, bytes })
  for (const oldest of [...phone.files.keys()].slice(0, -MOST)) phone.files.delete(oldest)
  sendJson(response, { path: name })
}

/** Shows a temporary file. Throws HttpError 404. */
export function sendTemporaryFile(phone: Phone, name: string, response: ServerResponse): void {
  const file = phone.files.get(SCHEME + name)
  if (file === undefined) throw new HttpError(404, `there is no temporary file ${name}`)
  send(response, file.type, file.bytes)
}
