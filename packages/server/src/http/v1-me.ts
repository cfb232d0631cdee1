import { z } from 'zod'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `GET /v1/me` */
export const getMe: Endpoint = async (request, auth) => {
  return { status: 200, json: await auth.me(await auth.verify(bearerOf(request))) }
}

/** `PUT /v1/me` */
export const putMe: Endpoint = async (request, auth) => {
  const session = await auth.verify(bearerOf(request))
  return { status: 200, json: await auth.updateMe(session, await readBody(request, { schema })) }
}

const schema = z.object({ nickname: z.string().optional() })
  .transform(({ nickname }) => (nickname === undefined ? {} : { nickname }))
