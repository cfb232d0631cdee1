import { bearerOf } from './bearer.js'
import type { Endpoint } from './endpoint.js'

/** `GET /v1/me/export` */
export const getExport: Endpoint = async (call, auth) => ({ status: 200, json: await auth.exportMe(await auth.verify(bearerOf(call))) })
