import type { Endpoint } from './endpoint.js'

/**
 * `GET /readyz`: the database answers, so that requests may be sent here; else `store_unavailable`.
 * Trouble with WeChat is told and costs no readiness: sessions are checked without WeChat, and every other process has the same trouble.
 */
export const getReadyz: Endpoint = async (_call, auth) => {
  await auth.ping()
  const wechat = auth.wechat.troubles().map(({ appid, api, code, errcode }) => ({ appid, api, code, ...(errcode !== undefined && { wx_errcode: errcode }) }))
  return { status: 200, json: wechat.length === 0 ? { status: 'ready' } : { status: 'degraded', wechat } }
}
