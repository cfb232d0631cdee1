import type { ServerResponse } from 'node:http'
import { HttpError, send } from './http.js'

/** A picture on a request domain of the program: the browser cannot reach it by that name, the emulator can. */
export async function sendRemotePicture(address: string, domains: Readonly<Record<string, string>>, response: ServerResponse): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const target = url === undefined ? undefined : domains[url.origin]
  if (url === undefined || target === undefined) throw new HttpError(404, `${address} is on none of the mapped domains`)
  const answer = await fetch(new URL(url.pathname.slice(1) + url.search, target.endsWith('/') ? target : `${target}/`)).catch(() => undefined)
  if (answer === undefined) throw new HttpError(502, `${target} does not answer`)
  const type = answer.headers.get('content-type') ?? ''
  if (!answer.ok || !/^image\/[\w.+-]+$/.test(type)) throw new HttpError(404, `${address} is no picture (${answer.status} ${type})`)
  send(response, type, Buffer.from(await answer.arrayBuffer()), { 'content-security-policy': 'default-src \'none\'; style-src \'unsafe-inline\'' })
}
