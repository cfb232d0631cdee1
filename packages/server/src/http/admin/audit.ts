import { AuthError } from '../../errors.js'
import { demandApiKey } from '../bearer.js'
import type { Endpoint } from '../endpoint.js'

const MOST = 1000

/** `GET /admin/audit?after=SEQ&limit=N`: the audit log in its order; 1 to 1000 events a page. */
export const getAudit: Endpoint = async (call, auth) => {
  await demandApiKey(call, auth, 'admin')
  const query = new URLSearchParams(call.url.split('?')[1] ?? '')
  const [after, limit] = [integer(query, 'after', 0, 0, Number.MAX_SAFE_INTEGER), integer(query, 'limit', 100, 1, MOST)]
  return { status: 200, json: { events: await auth.audit.read({ after, limit }) } }
}

/** `GET /admin/audit/verify`: follows the whole chain. */
export const verifyAudit: Endpoint = async (call, auth) => {
  await demandApiKey(call, auth, 'admin')
  return { status: 200, json: await auth.audit.verify() }
}

function integer(query: URLSearchParams, name: string, byDefault: number, least: number, most: number): number {
  const given = query.get(name)
  if (given === null) return byDefault
  const value = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN
  if (!(value >= least && value <= most)) throw new AuthError('validation_failed', { fields: [{ path: `/${name}`, rule: 'out_of_range' }] })
  return value
}
