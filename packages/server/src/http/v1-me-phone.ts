import type { PhoneRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { AuthError, isAuthError } from '../errors.js'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/me/phone` */
export const postPhone: Endpoint = async (call, auth) => {
  const token = bearerOf(call)
  const session = await auth.verify(token)
  const request = readPhone(await readBody(call, { schema, maxBytes: LARGEST_BODY_BYTES }))
  try {
    return { status: 200, json: { phone: await auth.bindPhone(session, request) } }
  } catch (error) {
    // It ended while WeChat was asked: the check says by what.
    if (isAuthError(error) && error.code === 'session_unknown') await auth.verify(token, { strict: true })
    throw error
  }
}

const LARGEST_BODY_BYTES = 64 * 1024

interface PhoneBody { readonly code?: string | undefined, readonly encryptedData?: unknown, readonly iv?: unknown }

/** The body. */
export const schema: ZodType<PhoneBody> = z.object({ code: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/).optional(), encryptedData: z.unknown().optional(), iv: z.unknown().optional() })
  .refine(({ code, encryptedData, iv }) => code !== undefined || encryptedData !== undefined || iv !== undefined, { path: ['code'] })

// The button's event holds both: the code is the better one. What is missing or mistyped in the other is the uniform answer, as for a profile.
function readPhone({ code, encryptedData, iv }: PhoneBody): PhoneRequest {
  if (code !== undefined) return { code }
  if (typeof encryptedData !== 'string' || typeof iv !== 'string') throw new AuthError('encrypted_data_invalid')
  return { encryptedData, iv }
}
