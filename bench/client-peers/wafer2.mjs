// wafer2-client-sdk, as its README uses it for requests; the code goes in a header, the session is `skey`.
import { DOMAIN } from '../real-clients/stage.mjs'

export const name = 'wafer2-client-sdk'
// Its main module needs wx.onSocketOpen of 2017 for a tunnel as soon as it is loaded; login and request are all that is used here.
export const entry = 'export * from "wafer2-client-sdk/lib/login"; export { request } from "wafer2-client-sdk/lib/request"'
/** It needs wx.getUserInfo as it was then. */
export const device = { era: '2018', baseLibrary: '2.0.0', answer: 'allow' }

export const dialect = {
  codeOf: ({ path, headers }) => path === '/login' ? headers['x-wx-code'] : undefined,
  tokenOf: ({ headers }) => headers['x-wx-skey'],
  answer: (openid) => ({ code: 0, data: { openid } }),
  dead: () => [401, { code: -1, error: 'ERR_INVALID_SESSION' }],
  loggedIn: (skey, openId) => [200, { code: 0, data: { skey, userinfo: { openId } } }],
}

export function open({ setLoginUrl, request }) {
  setLoginUrl(`${DOMAIN}/login`)
  return () => new Promise((resolve, reject) => {
    request({ url: `${DOMAIN}/orders`, login: false, success: ({ statusCode, data }) => statusCode === 200 ? resolve(data) : reject(data), fail: reject })
  })
}
