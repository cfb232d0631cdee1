import type { ConsentRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { AuthError } from '../errors.js'
import { bearerOf } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

const PURPOSE = /^[a-z0-9_-]{1,32}$/

/** `PUT /v1/me/consents/{purpose}` */
export const putConsent: Endpoint = async (call, auth, { purpose = '' }) => {
  const session = await auth.verify(bearerOf(call))
  await auth.consents.give(session, checkPurpose(purpose), await readBody(call, { schema }))
  return { status: 204, json: null }
}

/** `DELETE /v1/me/consents/{purpose}` */
export const deleteConsent: Endpoint = async (call, auth, { purpose = '' }) => {
  const session = await auth.verify(bearerOf(call))
  await auth.consents.withdraw(session, checkPurpose(purpose))
  return { status: 204, json: null }
}

/** The body. */
export const schema: ZodType<ConsentRequest> = z.object({ version: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/) })

function checkPurpose(purpose: string): string {
  if (!PURPOSE.test(purpose)) throw new AuthError('not_found')
  return purpose
}
