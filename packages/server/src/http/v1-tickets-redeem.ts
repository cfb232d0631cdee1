import type { RedeemRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { demandApiKey } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/tickets/redeem`: for the H5's back end, with an api key. */
export const postRedeem: Endpoint = async (call, auth) => {
  await demandApiKey(call, auth)
  const { ticket } = await readBody(call, { schema })
  return { status: 200, json: await auth.tickets.redeem(ticket) }
}

/** The body. */
export const schema: ZodType<RedeemRequest> = z.object({ ticket: z.string() })
