import type { Endpoint } from './endpoint.js'

/** `GET /healthz`: the process answers. It asks nothing else, so that an outage of the database restarts no container. */
export const getHealthz: Endpoint = async () => ({ status: 200, json: { status: 'ok' } })
