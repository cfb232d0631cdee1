import { demandApiKey } from '../bearer.js'
import type { Endpoint } from '../endpoint.js'

/** `GET /admin/apps` */
export const getApps: Endpoint = async (call, auth) => {
  await demandApiKey(call, auth, 'admin')
  return { status: 200, json: { apps: await auth.apps.list() } }
}

/** `POST /admin/apps/{appid}/disable`: its logins and sessions are refused, on every server. */
export const disableApp: Endpoint = async (call, auth, { appid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  await auth.apps.disable(appid)
  return { status: 204, json: null }
}

/** `POST /admin/apps/{appid}/enable` */
export const enableApp: Endpoint = async (call, auth, { appid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  await auth.apps.enable(appid)
  return { status: 204, json: null }
}
