import { z } from 'zod'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/logout` */
export const postLogout: Endpoint = async (request, auth) => {
  const token = bearerOf(request)
  await auth.logout(token, await readBody(request, { schema, optional: true }))
  return { status: 204, json: null }
}

const schema = z.object({ everywhere: z.boolean().default(false) })
