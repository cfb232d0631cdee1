import type { IntrospectRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { demandApiKey } from './bearer.js'
import { readBody, readForm } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/introspect`: for back ends, with an api key. A form as RFC 7662 has it, or JSON. */
export const postIntrospect: Endpoint = async (call, auth) => {
  await demandApiKey(call, auth)
  const isForm = (call.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')
  const { token } = isForm ? await readForm(call, schema) : await readBody(call, { schema })
  return { status: 200, json: await auth.introspect(token) }
}

/** The body. */
export const schema: ZodType<IntrospectRequest> = z.object({ token: z.string() })
