import { getHealthz } from '../healthz.js'
import { getReadyz } from '../readyz.js'
import type { Route } from '../router.js'
import { getAudit, verifyAudit } from './audit.js'
import { getKeys, revokeKey } from './keys.js'
import { getMetrics } from './metrics.js'
import { banUser, endUserSessions, getUser, unbanUser } from './users.js'

/** Every route of the admin listener. None of them is served to the public. */
export const ADMIN_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/admin/users/{uid}', endpoint: getUser },
  { method: 'POST', path: '/admin/users/{uid}/ban', endpoint: banUser },
  { method: 'POST', path: '/admin/users/{uid}/unban', endpoint: unbanUser },
  { method: 'DELETE', path: '/admin/users/{uid}/sessions', endpoint: endUserSessions },
  { method: 'GET', path: '/admin/audit', endpoint: getAudit },
  { method: 'GET', path: '/admin/audit/verify', endpoint: verifyAudit },
  { method: 'GET', path: '/admin/keys', endpoint: getKeys },
  { method: 'POST', path: '/admin/keys/{kid}/revoke', endpoint: revokeKey },
  { method: 'GET', path: '/metrics', endpoint: getMetrics },
  { method: 'GET', path: '/healthz', endpoint: getHealthz },
  { method: 'GET', path: '/readyz', endpoint: getReadyz },
]
