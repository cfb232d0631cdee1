// alova with its token authentication; logging in is its refresh handler, as its guide has it. The wx adapter has the shape of its uni-app adapter.
import { DOMAIN } from '../real-clients/stage.mjs'

export const name = 'alova'
export const entry = 'export { createAlova } from "alova"; export { createServerTokenAuthentication } from "alova/client"'

export { dialect } from './plain-dialect.mjs'

export function open({ createAlova, createServerTokenAuthentication }, { wx }) {
  let token
  const { onAuthRequired, onResponseRefreshToken } = createServerTokenAuthentication({
    assignToken: (method) => { if (token) method.config.headers.Authorization = token },
    refreshTokenOnSuccess: {
      isExpired: ({ statusCode }) => statusCode === 401,
      async handler() {
        const { code } = await new Promise((success, fail) => { wx.login({ success, fail }) })
        const login = alova.Post('/login', { code })
        login.meta = { authRole: 'refreshToken' }
        token = (await login).token
      },
    },
  })
  const onSuccess = ({ statusCode, data }) => {
    if (statusCode !== 200) throw new Error(String(statusCode))
    return data
  }
  const alova = createAlova({ baseURL: DOMAIN, cacheFor: null, shareRequest: false, requestAdapter: adapterOf(wx), beforeRequest: onAuthRequired(), responded: onResponseRefreshToken({ onSuccess }) })
  return () => alova.Get('/orders').send(true)
}

const adapterOf = (wx) => ({ url, type: method, data, headers: header }) => {
  let task
  const answer = new Promise((success, fail) => { task = wx.request({ url, method, data, header, success, fail }) })
  return { response: () => answer, headers: () => answer.then((response) => response.header), abort: () => task.abort() }
}
