// leancloud-storage with its adapter for mini programs. It logs in where the program asks it to; the program asks whenever there is no user.
import { DOMAIN } from '../real-clients/stage.mjs'

export const name = 'leancloud-storage'
export const entry = 'import AV from "leancloud-storage/core"; import * as adapters from "@leancloud/platform-adapters-weapp"; export { AV, adapters }'

export const dialect = {
  codeOf: ({ path, body }) => path === '/1.1/users' ? JSON.parse(body).authData.lc_weapp.code : undefined,
  tokenOf: ({ headers }) => headers['x-lc-session'],
  answer: () => ({ objectId: 'u1' }),
  dead: () => [401, { code: 211, error: 'Could not find user.' }],
  loggedIn: (sessionToken, openid) => [201, { objectId: 'u1', sessionToken, createdAt: new Date(0).toISOString(), authData: { lc_weapp: { openid } } }],
}

export function open({ AV, adapters }) {
  AV.setAdapters(adapters)
  AV.init({ appId: 'demo', appKey: 'demo', serverURL: DOMAIN })
  return async () => (AV.User.current() || await AV.User.loginWithMiniApp()).fetch()
}
