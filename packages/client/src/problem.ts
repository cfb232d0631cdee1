import type { Problem } from '@tongxing/protocol'
import { AuthError } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import { quietly } from './quietly.js'
import type { WxResponse } from './wx.js'

/** A response header, whatever its case. */
export function headerOf(response: WxResponse, name: string): string {
  const header = Object(response.header) as Record<string, string>
  return String(header[Object.keys(header).find((key) => key.toLowerCase() === name) || ''] || '')
}

/** The problem document of an answer, whatever `dataType` and `responseType` the caller asked for. */
export function problemOf(response: WxResponse): Problem | undefined {
  const type = headerOf(response, 'content-type')
  if (type && type.indexOf('application/problem+json') < 0) return undefined
  const problem = quietly(() => Object(parse(response.data)) as Problem)
  // wx.uploadFile may not tell the header; then the document has to look like one.
  return type || (problem && problem.action && problem.type) ? problem : undefined
}

// An array buffer is read byte by byte: titles come out garbled, but `code` and `action` are ASCII.
function parse(data: unknown): unknown {
  if (typeof data === 'string') return JSON.parse(data)
  if (data instanceof ArrayBuffer) return JSON.parse(new Uint8Array(data).reduce((text, byte) => text + String.fromCharCode(byte), ''))
  return data
}

/**
 * The error for an answer that is not what the client asked for. It is retryable when the server says so, else by its status;
 * a page instead of data is too, because a captive portal or a proxy stands in between.
 */
export function answerError(response: WxResponse, code: AuthErrorCode, codeIfRetryable: AuthErrorCode = code): AuthError {
  const { statusCode, data } = response
  const problem = problemOf(response)
  const action = problem && problem.action
  const down = statusCode >= 500 || statusCode === 429 || (statusCode < 300 && typeof data === 'string')
  const retryable = action ? action === 'retry_later' || (action === 'relogin' && down) : down
  return new AuthError(retryable ? codeIfRetryable : code, { retryable, problem, cause: problem || response })
}

/** The body of an answer to a call of the client's own, also of an upload, whose body is text; else throws the error that the answer means. */
export function bodyOf<T extends object>(response: { readonly statusCode: number, readonly data: unknown }): T {
  const body = quietly(() => parse(response.data))
  if (response.statusCode >= 300 || Object(body) !== body) throw answerError(response as WxResponse, 'REFUSED')
  return body as T
}
