import { bearerOf } from './bearer.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/tickets` */
export const postTicket: Endpoint = async (call, auth) => {
  return { status: 200, json: await auth.tickets.issue(await auth.verify(bearerOf(call))) }
}
