// The part of the client that everybody needs, as an entry to measure: login, session, requests.
export const CORE = `
import { createEvents } from './events.js'
import { createLogin } from './login.js'
import { logout } from './logout.js'
import { checkOptions } from './options.js'
import { createTransport } from './request.js'
import { createSession } from './session.js'
export { AuthError, isAuthError } from './errors.js'
export function createClient(options) {
  const settings = checkOptions(options)
  const { on, emit } = createEvents(settings.debug)
  const session = createSession(settings, emit)
  const login = createLogin(settings, session, emit)
  const { request } = createTransport(settings, session, login, on)
  return { get session() { return session.current() }, ready: login.ready, login: login.login, recover: login.recover, logout: (how) => logout(settings, session, how), request, on }
}
`
