import type { ProfileRequest } from '@tongxing/protocol'
import { z } from 'zod'
import { AuthError } from '../errors.js'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/me/profile` */
export const postProfile: Endpoint = async (call, auth) => {
  const session = await auth.verify(bearerOf(call))
  const body = await readBody(call, { schema: z.record(z.string(), z.unknown()), maxBytes: LARGEST_BODY_BYTES })
  return { status: 200, json: await auth.saveProfile(session, readProfile(body)) }
}

const LARGEST_BODY_BYTES = 64 * 1024

// Missing and mistyped fields are the uniform answer too: a second kind of answer here would be a first bit of an oracle.
function readProfile(body: Record<string, unknown>): ProfileRequest {
  const { rawData, signature, encryptedData, iv } = body
  if (typeof rawData !== 'string' || typeof signature !== 'string' || !isTextOrAbsent(encryptedData) || !isTextOrAbsent(iv)) {
    throw new AuthError('encrypted_data_invalid')
  }
  return { rawData, signature, ...(encryptedData !== undefined && { encryptedData }), ...(iv !== undefined && { iv }) }
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}
