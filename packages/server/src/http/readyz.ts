import type { Endpoint } from './endpoint.js'

/** `GET /readyz`: the database answers, so that requests may be sent here; else `store_unavailable`. */
export const getReadyz: Endpoint = async (_call, auth) => {
  await auth.ping()
  return { status: 200, json: { status: 'ready' } }
}
