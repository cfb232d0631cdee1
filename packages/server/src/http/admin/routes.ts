import { getHealthz } from '../healthz.js'
import { getReadyz } from '../readyz.js'
import type { Route } from '../router.js'
import { disableApp, enableApp, getApps } from './apps.js'
import { getAudit, verifyAudit } from './audit.js'
import { getKeys, revokeKey } from './keys.js'
import { getMetrics } from './metrics.js'
import { banUser, endUserSessions, eraseUser, getConflicts, getUser, mergeUser, unbanUser } from './users.js'

/** Every route of the admin listener. None of them is served to the public. */
export const ADMIN_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/admin/users/{uid}', endpoint: getUser },
  { method: 'POST', path: '/admin/users/{uid}/ban', endpoint: banUser },
  { method: 'POST', path: '/admin/users/{uid}/unban', endpoint: unbanUser },
  { method: 'DELETE', path: '/admin/users/{uid}/sessions', endpoint: endUserSessions },
  { method: 'POST', path: '/admin/users/{uid}/erase', endpoint: eraseUser },
  { method: 'POST', path: '/admin/users/{uid}/merge', endpoint: mergeUser },
  { method: 'GET', path: '/admin/conflicts', endpoint: getConflicts },
  { method: 'GET', path: '/admin/apps', endpoint: getApps },
  { method: 'POST', path: '/admin/apps/{appid}/disable', endpoint: disableApp },
  { method: 'POST', path: '/admin/apps/{appid}/enable', endpoint: enableApp },
  { method: 'GET', path: '/admin/audit', endpoint: getAudit },
  { method: 'GET', path: '/admin/audit/verify', endpoint: verifyAudit },
  { method: 'GET', path: '/admin/keys', endpoint: getKeys },
  { method: 'POST', path: '/admin/keys/{kid}/revoke', endpoint: revokeKey },
  { method: 'GET', path: '/metrics', endpoint: getMetrics },
  { method: 'GET', path: '/healthz', endpoint: getHealthz },
  { method: 'GET', path: '/readyz', endpoint: getReadyz },
]
