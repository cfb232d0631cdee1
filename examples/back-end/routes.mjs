// The application's own routes. Who asks is one call, auth.verify(token): no I/O, and no session store of its own.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { ERRORS } from '@tongxing/protocol'
import { isAuthError } from '@tongxing/server'
import { printH5 } from './h5.mjs'

const SAMPLE = readFileSync(new URL('sample.png', import.meta.url))
const LARGEST_PICTURE_BYTES = 2 * 1024 * 1024
const LONGEST_NOTE = 200
const MOST_NOTES = 20
const LONGEST_WAIT_MS = 5000

/** `(Request) => Promise<Response>` for /demo/…; an AuthError becomes a problem document, which the client obeys. `jweixin` is the script of the web page. */
export function createRoutes(auth, { jweixin }) {
  // In memory: an example keeps nothing over a restart.
  const notes = new Map()
  const pictures = new Map()

  const routes = {
    // The same route for everybody: who is logged in is greeted by uid.
    'GET /demo/hello': async (request) => {
      const session = request.headers.has('authorization') ? await verify(request) : null
      return Response.json({ uid: session && session.uid })
    },
    'GET /demo/notes': async (request) => Response.json({ notes: notesOf(await verify(request)) }),
    'POST /demo/notes': async (request) => {
      const session = await verify(request)
      const { text } = await request.json().catch(() => ({}))
      if (typeof text !== 'string' || text.trim() === '') return refuse(422, '留言不能为空')
      notes.set(session.uid, [text.trim().slice(0, LONGEST_NOTE), ...notesOf(session)].slice(0, MOST_NOTES))
      return Response.json({ notes: notesOf(session) }, { status: 201 })
    },
    // Takes its time: to be aborted, or to time out.
    'GET /demo/slow': async (request) => {
      await verify(request)
      await wait(Math.min(Number(new URL(request.url).searchParams.get('ms')) || 0, LONGEST_WAIT_MS), undefined, { ref: false })
      return Response.json({ done: true })
    },
    'GET /demo/picture': async (request) => {
      const { type, bytes } = pictures.get((await verify(request)).uid) ?? { type: 'image/png', bytes: SAMPLE }
      return new Response(bytes, { headers: { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
    },
    'POST /demo/picture': async (request) => {
      const session = await verify(request)
      if (!(Number(request.headers.get('content-length')) <= LARGEST_PICTURE_BYTES)) return refuse(413, '图片最大 2 MB')
      const file = await request.formData().then((form) => form.get('file'), () => undefined)
      if (!(file instanceof Blob)) return refuse(400, '表单里没有图片')
      const bytes = Buffer.from(await file.arrayBuffer())
      const type = typeOf(bytes)
      if (!type) return refuse(415, '只收 PNG 和 JPEG 图片')
      pictures.set(session.uid, { type, bytes })
      return Response.json({ type, size: bytes.length })
    },
    // The back end of the web page in a <web-view>. A real one would set its own cookie now.
    'GET /demo/h5': async (request) => {
      const ticket = new URL(request.url).searchParams.get('ticket') ?? ''
      try {
        return printH5({ jweixin, ...await auth.tickets.redeem(ticket) })
      } catch (error) {
        if (!isAuthError(error)) throw error
        return printH5({ jweixin, problem: ERRORS[error.code].zh, status: error.status })
      }
    },
  }

  const verify = (request) => auth.verify(tokenOf(request.headers.get('authorization')))
  const notesOf = ({ uid }) => notes.get(uid) ?? []

  return async (request) => {
    const route = routes[`${request.method} ${new URL(request.url).pathname}`]
    if (!route) return refuse(404, '没有这个地址')
    try {
      return await route(request)
    } catch (error) {
      if (!isAuthError(error)) throw error
      return problemOf(error)
    }
  }
}

/** The token of `Authorization: Bearer …`; '' when there is none, which auth.verify refuses. */
export function tokenOf(authorization) {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
}

function problemOf({ code, status, action, reason }) {
  const problem = { type: `urn:tongxing:error:${code}`, title: ERRORS[code].zh, status, code, action, ...(reason && { reason }) }
  return Response.json(problem, { status, headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' } })
}

function refuse(status, title) {
  return Response.json({ title }, { status })
}

/** Told by the bytes, never by what the sender says. */
function typeOf(bytes) {
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return 'image/png'
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? 'image/jpeg' : undefined
}
