import { AuthError } from '../errors.js'
import type { Call } from './endpoint.js'

const FORM_TYPE = /^multipart\/form-data *;(?:.*;)? *boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})) *(?:;.*)?$/i
const FILE_HEADER = /^content-disposition: *form-data *;.*\bfilename\*?=/im
// What names, types and boundaries of the form may take beside the file.
const LARGEST_ENVELOPE_BYTES = 16 * 1024
const MOST_PARTS = 16

/**
 * The one file of a form as `wx.uploadFile` sends it, whatever its field is called; its name and declared type are not looked at.
 * Throws `unsupported_media_type`, `body_too_large`, or `validation_failed` when the form is broken or holds no file, or more than one.
 */
export async function readFile(call: Call, maxBytes: number): Promise<Uint8Array> {
  const form = FORM_TYPE.exec(call.header('content-type') ?? '')
  const boundary = form?.[1] ?? form?.[2]
  if (boundary === undefined) throw new AuthError('unsupported_media_type', { detail: 'Send multipart/form-data, as wx.uploadFile does.' })
  const body = await call.bytes(maxBytes + LARGEST_ENVELOPE_BYTES)
  const files = partsOf(Buffer.from(body.buffer, body.byteOffset, body.byteLength), boundary)?.flatMap(fileOf)
  if (files?.length !== 1) throw new AuthError('validation_failed', { detail: 'A form with exactly one file.', fields: [{ path: '', rule: files ? 'one_file' : 'multipart' }] })
  if (files[0]!.length > maxBytes) throw new AuthError('body_too_large', { detail: `At most ${maxBytes} bytes.` })
  return files[0]!
}

// RFC 2046, 5.1.1: a delimiter is CRLF, two dashes and the boundary; the last one is followed by two more dashes. null when there is no last one.
function partsOf(body: Buffer, boundary: string): Buffer[] | null {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const first = Buffer.from(`--${boundary}`)
  const parts: Buffer[] = []
  let at = body.subarray(0, first.length).equals(first) ? first.length : -1
  while (at >= 0 && parts.length <= MOST_PARTS) {
    if (body.toString('latin1', at, at + 2) === '--') return parts
    const next = body.indexOf(delimiter, at)
    if (body.toString('latin1', at, at + 2) !== '\r\n' || next < 0) return null
    parts.push(body.subarray(at + 2, next))
    at = next + delimiter.length
  }
  return null
}

function fileOf(part: Buffer): Buffer[] {
  const end = part.indexOf('\r\n\r\n')
  return end >= 0 && FILE_HEADER.test(part.toString('latin1', 0, end)) ? [part.subarray(end + 4)] : []
}
