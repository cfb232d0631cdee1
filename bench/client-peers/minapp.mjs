// minapp-sdk, the client of a cloud that is called through TableObject; with autoLogin it logs in by itself.
import { DOMAIN } from '../real-clients/stage.mjs'

export const name = 'minapp-sdk'
// Its build for WeChat, which takes regeneratorRuntime to be a global of the mini program.
export const entry = 'import "regenerator-runtime/runtime"; import BaaS from "minapp-sdk/lib/index.js"; export { BaaS }'

export const dialect = {
  codeOf: ({ path, body }) => path.endsWith('/silent-login/') ? JSON.parse(body).code : undefined,
  tokenOf: ({ headers }) => headers.authorization?.replace('Hydrogen-r1 ', ''),
  answer: () => ({ meta: { total_count: 0 }, objects: [] }),
  dead: () => [401, { error_msg: 'unauthorized' }],
  loggedIn: (token, openid) => [201, { token, expires_in: 2_592_000, user_info: { id: 1, openid, unionid: '' } }],
}

export function open({ BaaS }) {
  BaaS.init('demo', { autoLogin: true, host: DOMAIN })
  return () => new BaaS.TableObject('orders').find()
}
