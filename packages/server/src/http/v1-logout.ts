import type { LogoutRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/logout` */
export const postLogout: Endpoint = async (call, auth) => {
  const token = bearerOf(call)
  await auth.logout(token, await readBody(call, { schema, optional: true }))
  return { status: 204, json: null }
}

/** The body. */
export const schema: ZodType<Required<LogoutRequest>> = z.object({ everywhere: z.boolean().default(false) })
