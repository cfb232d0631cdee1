import type { Auth } from '../auth.js'
import { AuthError, isAuthError } from '../errors.js'
import { dispatch } from './dispatch.js'
import type { Call } from './endpoint.js'

/** A Web-standard handler: mount it in any server that knows `Request` and `Response`, before body parsers. */
export type Handler = (request: Request) => Promise<Response>

/**
 * Every route over an {@link Auth}; every error is a problem document.
 * Throws TypeError when the request's body was read before it came here.
 */
export function createHandler(auth: Auth): Handler {
  return async (request) => {
    if (request.bodyUsed || request.body?.locked) throw new TypeError('the body of this request was read already: mount Tongxing before body parsers')
    const { status, headers, body } = await dispatch(callOf(request), auth)
    return new Response(body === '' || request.method === 'HEAD' ? null : body, { status, headers })
  }
}

function callOf(request: Request): Call {
  const { pathname, search } = new URL(request.url)
  return {
    method: request.method,
    url: pathname + search,
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
