import type { Auth } from '../auth.js'
import { AuthError, isAuthError } from '../errors.js'
import { createDispatch } from './dispatch.js'
import type { Call } from './endpoint.js'
import { createLimits } from './limits.js'
import type { LimitOptions } from './limits.js'
import { PUBLIC_ROUTES } from './routes.js'

/** A Web-standard handler: mount it in any server that knows `Request` and `Response`, before body parsers. */
export type Handler = (request: Request) => Promise<Response>

/** How the handler is mounted. */
export interface HandlerOptions extends LimitOptions {
  /** The address that the server in front saw, for limits per address. Default: none, and no such limits. */
  readonly addressOf?: (request: Request) => string | undefined
}

/**
 * Every route over an {@link Auth}; every error is a problem document.
 * Throws TypeError when the request's body was read before it came here.
 */
export function createHandler(auth: Auth, { addressOf = () => undefined, ...limits }: HandlerOptions = {}): Handler {
  const dispatch = createDispatch(auth, PUBLIC_ROUTES, createLimits(auth, limits))
  return async (request) => {
    if (request.bodyUsed || request.body?.locked) throw new TypeError('the body of this request was read already: mount Tongxing before body parsers')
    const { status, headers, body } = await dispatch(callOf(request, addressOf(request)))
    return new Response(body === '' || request.method === 'HEAD' ? null : body as string | Uint8Array<ArrayBuffer>, { status, headers })
  }
}

function callOf(request: Request, address: string | undefined): Call {
  const { pathname, search } = new URL(request.url)
  return {
    method: request.method,
    url: pathname + search,
    address,
    header: (name) => request.headers.get(name) ?? undefined,
    bytes: (most) => (request.body ? readAtMost(request.body, most) : Promise.resolve(new Uint8Array())),
  }
}

async function readAtMost(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > most) throw new AuthError('body_too_large', { detail: `At most ${most} bytes.` })
      chunks.push(chunk)
    }
  } catch (error) {
    throw isAuthError(error) ? error : new AuthError('bad_request', { detail: 'The connection broke off within the body.', cause: error })
  }
  return Buffer.concat(chunks)
}
