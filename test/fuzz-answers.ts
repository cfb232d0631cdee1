import { request as httpRequest } from 'node:http'
import type { Agent, IncomingHttpHeaders } from 'node:http'
import { ERRORS } from '@tongxing/protocol'
import type { ErrorCode } from '@tongxing/protocol'
import { MARK } from './fuzz-requests.js'

/** How many requests of the fuzz are under way at once. */
export const AT_ONCE = 16

/** A request with everything filled in. */
export interface Filled {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
}

/** An answer, read whole. */
export interface Answer { readonly status: number, readonly headers: IncomingHttpHeaders, readonly text: string }

/** What goes without saying of the answers, unless it is said. */
export interface Circumstances {
  /** The answer is one to a HEAD. */
  readonly bodiless?: boolean
  /** WeChat is in trouble: errors of its own kind may be 5xx. */
  readonly trouble?: boolean
}

/** What is wrong with an answer: nothing may be 5xx while WeChat and the database are well, and every error is one of the table. */
export function faultOf({ status, headers, text }: Answer, { bodiless = false, trouble = false }: Circumstances = {}): string | null {
  if (status >= 500 && !(trouble && (bodiless || isWechats(text)))) return `5xx: ${status} ${text}`
  if (headers['x-content-type-options'] !== 'nosniff') return 'no nosniff'
  if (status < 400) return null
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8') return `type ${headers['content-type']}`
  if (headers['cache-control'] !== 'no-store' || headers['x-request-id'] === undefined) return 'headers'
  if (status === 405 && headers.allow === undefined) return '405 without Allow'
  if (status === 401 && headers['www-authenticate'] === undefined) return '401 without WWW-Authenticate'
  return bodiless ? null : faultOfProblem(status, text)
}

// `overloaded` while it is asked no more.
function isWechats(text: string): boolean {
  const { code } = JSON.parse(text) as { code: ErrorCode }
  return code.startsWith('wx_') || code === 'overloaded'
}

function faultOfProblem(status: number, text: string): string | null {
  const { code, type, title, action, ...rest } = JSON.parse(text) as { code: ErrorCode, type: string, title: string, action: string, status: number }
  if (!Object.hasOwn(ERRORS, code)) return `unknown code ${code}`
  const row = ERRORS[code]
  if (row.status !== status || rest.status !== status) return `${code} with ${status}`
  if (type !== `urn:tongxing:error:${code}` || ![row.zh, row.en].includes(title as never)) return `${code}: type or title`
  if (!['relogin', 'retry_later', 'fix_request', 'ask_user', 'contact_admin', 'none'].includes(action)) return `${code}: action ${action}`
  return text.includes(MARK) ? `${code} repeats its input` : null
}

/** Sends one request over a kept connection; once more when the server had just closed the one it was put on. */
export function send(url: string, agent: Agent, { method, path, headers, body: bytes }: Filled): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      const outgoing = httpRequest(url, { agent, method, path, headers: { ...headers, ...(bytes !== null && { 'content-length': bytes.length }) } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }))
      })
      outgoing.on('error', (error) => (outgoing.reusedSocket ? attempt() : reject(error)))
      outgoing.end(bytes ?? undefined)
    }
    attempt()
  })
}

/** At most so many at once. */
export async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]()
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { for (const item of left) await work(item) }))
}
