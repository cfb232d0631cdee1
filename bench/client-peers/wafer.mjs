// wafer-client-sdk, the first of Tencent's: it logs in with wx.getUserInfo, asks wx.checkSession before each request and lets the code, the data and the iv go in headers.
import { DOMAIN } from '../real-clients/stage.mjs'

export const name = 'wafer-client-sdk'
// Without its tunnel, as wafer2.mjs.
export const entry = 'export * from "wafer-client-sdk/lib/login"; export { request } from "wafer-client-sdk/lib/request"'
/** It needs wx.getUserInfo as it was then. */
export const device = { era: '2018', baseLibrary: '2.0.0', answer: 'allow' }

const MAGIC = 'F2C224D4-2BCE-4C64-AF9F-A6D872000D1A'

export const dialect = {
  codeOf: ({ path, headers }) => path === '/login' ? headers['x-wx-code'] : undefined,
  tokenOf: ({ headers }) => headers['x-wx-skey'],
  answer: (openid) => ({ openid }),
  dead: () => [401, { [MAGIC]: 1, error: 'ERR_INVALID_SESSION' }],
  loggedIn: (skey) => [200, { [MAGIC]: 1, session: { id: 'u1', skey } }],
}

export function open({ setLoginUrl, request }) {
  setLoginUrl(`${DOMAIN}/login`)
  return () => new Promise((resolve, reject) => {
    request({ url: `${DOMAIN}/orders`, login: true, success: ({ statusCode, data }) => statusCode === 200 ? resolve(data) : reject(data), fail: reject })
  })
}
