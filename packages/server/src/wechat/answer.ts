import { AuthError } from '../errors.js'
import { errorOfErrcode } from './errcodes.js'

/**
 * The JSON object of an answer of WeChat's, whatever its content type; `name` is the API, for the log.
 * Success usually carries no errcode at all, and some answers write it as a string.
 * Throws `wx_bad_response` when it is not a JSON object, and what its errcode means.
 */
export function readAnswer(text: string, name: string): Record<string, unknown> {
  const answer = parse(text, name)
  const { errcode: written = 0 } = answer
  // Number() would make 0 of an empty text and of an empty array: a success.
  if (typeof written !== 'number' && !(typeof written === 'string' && /^-?\d+$/.test(written))) throw unreadable(name, 'the errcode is not a number')
  const errcode = Number(written)
  if (!Number.isInteger(errcode)) throw unreadable(name, 'the errcode is not a whole number')
  if (errcode !== 0) throw errorOfErrcode(errcode, typeof answer.errmsg === 'string' ? answer.errmsg : '')
  return answer
}

/** An answer without what it should hold; its text may hold a secret and goes nowhere. */
export function unreadable(name: string, why: string): AuthError {
  return new AuthError('wx_bad_response', { cause: new Error(`${name}: ${why}`) })
}

function parse(text: string, name: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw unreadable(name, 'the answer is not JSON') // the parser's message would repeat it
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw unreadable(name, 'the answer is not a JSON object')
}
