import type { UpdateMeRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `GET /v1/me` */
export const getMe: Endpoint = async (call, auth) => {
  return { status: 200, json: await auth.me(await auth.verify(bearerOf(call))) }
}

/** `PUT /v1/me` */
export const putMe: Endpoint = async (call, auth) => {
  const session = await auth.verify(bearerOf(call))
  return { status: 200, json: await auth.updateMe(session, await readBody(call, { schema })) }
}

/** The body. */
export const schema: ZodType<UpdateMeRequest> = z.object({ nickname: z.string().optional() })
  .transform(({ nickname }) => (nickname === undefined ? {} : { nickname }))
