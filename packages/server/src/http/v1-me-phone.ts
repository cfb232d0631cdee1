import type { PhoneRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/me/phone` */
export const postPhone: Endpoint = async (call, auth) => {
  const session = await auth.verify(bearerOf(call))
  return { status: 200, json: { phone: await auth.bindPhone(session, await readBody(call, { schema })) } }
}

/** The body. */
export const schema: ZodType<PhoneRequest> = z.object({ code: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/) })
