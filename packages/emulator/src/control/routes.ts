import type { IncomingMessage, ServerResponse } from 'node:http'
import { isOtherSite } from '../origin.js'
import type { Wechat } from '../wechat.js'
import { advanceClock, getClock } from './clock.js'
import { addFault, endFaults, getFaults } from './faults.js'
import { ControlError, parseFields } from './input.js'
import type { Fields } from './input.js'
import { setLimits } from './limits.js'
import { login } from './login.js'
import { addPerson } from './people.js'
import { phone } from './phone.js'
import { profile } from './profile.js'
import { expireSession } from './session.js'
import { pay } from './payment.js'
import { addCorp, putComponent, workLogin } from './platforms.js'
import { plugin } from './plugin.js'
import { configurePush, push } from './push.js'
import { getState, putState, reset } from './state.js'
import { clearTraffic, getTraffic, streamTraffic } from './traffic.js'

/** Everything under this path is the emulator's own, not WeChat's. */
export const CONTROL_PREFIX = '/_emulator'

type Handler = (fields: Fields, wechat: Wechat) => unknown

const ROUTES: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/state': { GET: (_, wechat) => getState(wechat), PUT: putState },
  '/reset': { POST: (_, wechat) => reset(wechat) },
  '/people': { POST: addPerson },
  '/login': { POST: login },
  '/profile': { POST: profile },
  '/phone': { POST: phone },
  '/session': { POST: expireSession },
  '/limits': { POST: setLimits },
  '/plugin': { POST: plugin },
  '/pay': { POST: pay },
  '/components': { POST: putComponent },
  '/corps': { POST: addCorp },
  '/work-login': { POST: workLogin },
  '/push': { POST: push },
  '/push/config': { POST: configurePush },
  '/clock': { GET: (_, wechat) => getClock(wechat), POST: advanceClock },
  '/traffic': { GET: (_, wechat) => getTraffic(wechat), DELETE: (_, wechat) => clearTraffic(wechat) },
  '/faults': { GET: (_, wechat) => getFaults(wechat), POST: addFault, DELETE: endFaults },
}

/** Longest body in bytes: a state of some ten thousand people. */
const LONGEST_BODY = 8 * 1024 * 1024

/** Answers a request under `/_emulator`; `path` is without the query. Always JSON, and `{error}` when something was wrong. */
export async function control(path: string, request: IncomingMessage, response: ServerResponse, wechat: Wechat): Promise<void> {
  try {
    if (isOtherSite(request)) throw new ControlError(403, `requests from the web page ${request.headers.origin ?? 'of another site'} are refused; call the emulator from your own process`)
    const method = request.method ?? 'GET'
    const handler = findHandler(path.slice(CONTROL_PREFIX.length), method)
    if (handler === ROUTES['/traffic']?.['GET'] && request.headers.accept?.includes('text/event-stream') === true) return streamTraffic(response, wechat)
    const fields = method === 'GET' ? {} : parseFields(await readBody(request))
    sendJson(response, 200, await handler(fields, wechat))
  } catch (error) {
    // The caller hung up before the end of its body; there is nobody to answer.
    if (request.errored !== null) return
    if (error instanceof ControlError) return sendJson(response, error.status, { error: error.message })
    // A TypeError of the state names what the caller got wrong (a taken id, a real AppID).
    if (error instanceof TypeError) return sendJson(response, 400, { error: error.message })
    process.stderr.write(`tongxing-emulator: ${error instanceof Error ? error.stack : String(error)}\n`)
    sendJson(response, 500, { error: 'the emulator failed; its standard error tells more' })
  }
}

function findHandler(route: string, method: string): Handler {
  const methods = Object.hasOwn(ROUTES, route) ? ROUTES[route] : undefined
  if (methods === undefined) throw new ControlError(404, `there is no ${CONTROL_PREFIX}${route}; there are ${Object.keys(ROUTES).map((known) => CONTROL_PREFIX + known).join(', ')}`)
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (handler === undefined) throw new ControlError(405, `${CONTROL_PREFIX}${route} takes ${Object.keys(methods).join(' or ')}, not ${method}`)
  return handler
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    // Read to the end even when it is too long: an answer before that would be lost with the connection.
    if (length <= LONGEST_BODY) chunks.push(chunk)
  }
  if (length > LONGEST_BODY) throw new ControlError(413, `the body is longer than ${LONGEST_BODY} bytes`)
  return Buffer.concat(chunks).toString('utf8')
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
