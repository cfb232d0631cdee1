// Ours: the very file that “build npm” copies.
import { DOMAIN } from '../real-clients/stage.mjs'

export const name = '@tongxing/client'
export const shipped = new URL('../../packages/client/miniprogram_dist/index.js', import.meta.url)

export const dialect = {
  codeOf: ({ path, body }) => path === '/v1/login' ? JSON.parse(body).code : undefined,
  tokenOf: ({ headers }) => headers.authorization?.replace('Bearer ', ''),
  answer: (openid) => ({ openid }),
  dead: () => [401, {}],
  loggedIn: (token) => [200, { token, issuedAt: 0, expiresAt: 7 * 86_400_000, user: { uid: 'u', isNew: false } }],
}

export function open({ createClient }, { wx, timers }) {
  const client = createClient({ baseURL: DOMAIN, runtime: wx, clock: timers })
  return () => client.get('/orders').then(({ statusCode }) => { if (statusCode !== 200) throw new Error(String(statusCode)) })
}
