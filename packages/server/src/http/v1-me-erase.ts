import { bearerOf } from './bearer.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/me/erase` */
export const postErase: Endpoint = async (call, auth) => ({ status: 200, json: await auth.eraseMe(bearerOf(call)) })
