import type { ZodType } from 'zod'
import { AuthError } from '../errors.js'
import type { Call } from './endpoint.js'

/** How a body is read. */
export interface BodyRules<T> {
  readonly schema: ZodType<T>
  /** Largest body in bytes. Default: 16 KiB. */
  readonly maxBytes?: number
  /** True takes an absent body as `{}`. */
  readonly optional?: boolean
}

const DEFAULT_MAX_BYTES = 16 * 1024
const LARGEST_DEPTH = 8
const MOST_KEYS = 64
const JSON_TYPE = /^application\/json *(; *charset=(utf-8|"utf-8"))?$/i
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a JSON body strictly: type, size, UTF-8, object, depth, number of keys, then the schema. Unknown fields are ignored,
 * because a shipped mini program cannot be recalled.
 * Throws `unsupported_media_type`, `body_too_large`, `bad_encoding`, `bad_json`, `body_not_object` or `validation_failed`.
 */
export async function readBody<T>(call: Call, rules: BodyRules<T>): Promise<T> {
  const bytes = await call.bytes(rules.maxBytes ?? DEFAULT_MAX_BYTES)
  if (bytes.length === 0 && rules.optional) return check(rules.schema, {})
  if (!JSON_TYPE.test(call.header('content-type') ?? '')) throw new AuthError('unsupported_media_type', { detail: 'Send application/json.' })
  return check(rules.schema, parseObject(decode(bytes)))
}

/** Reads a form (application/x-www-form-urlencoded). Throws `body_too_large`, `bad_encoding` or `validation_failed`. */
export async function readForm<T>(call: Call, schema: ZodType<T>): Promise<T> {
  return check(schema, Object.fromEntries(new URLSearchParams(decode(await call.bytes(DEFAULT_MAX_BYTES)))))
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch (cause) {
    throw new AuthError('bad_encoding', { cause })
  }
}

function parseObject(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new AuthError('bad_json') // the parser's message repeats the input, which may hold a code
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AuthError('body_not_object')
  if (!isModest(value, LARGEST_DEPTH)) throw new AuthError('validation_failed', { detail: `At most ${LARGEST_DEPTH} levels of nesting, and ${MOST_KEYS} keys an object.` })
  return value
}

function isModest(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  const members: unknown[] = Object.values(value)
  return levels > 0 && (members.length <= MOST_KEYS || Array.isArray(value)) && members.every((member) => isModest(member, levels - 1))
}

function check<T>(schema: ZodType<T>, value: object): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new AuthError('validation_failed', {
    fields: result.error.issues.map((issue) => ({ path: issue.path.map((part) => `/${String(part)}`).join(''), rule: issue.code })),
  })
}
