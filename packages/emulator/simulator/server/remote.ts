import type { ServerResponse } from 'node:http'
import { HttpError, send } from './http.js'
import { findPlace } from './place.js'

/** ms that a picture may take, with all its bytes. */
const LONGEST_WAIT_MS = 15_000
/** Largest picture in bytes. */
const LARGEST = 16 * 1024 * 1024

/** A picture on a request domain of the program: the browser cannot reach it by that name, the emulator can. */
export async function sendRemotePicture(address: string, domains: Readonly<Record<string, string>>, response: ServerResponse, longestWaitMs: number = LONGEST_WAIT_MS): Promise<void> {
  const place = findPlace(address, domains)
  if (place === undefined) throw new HttpError(404, `${address} is on none of the mapped domains`)
  // A redirect may lead anywhere: it is an answer like any other, and no picture.
  const answer = await fetch(place, { redirect: 'manual', signal: AbortSignal.timeout(longestWaitMs) }).catch((error: unknown) => {
    throw new HttpError(502, isTimeout(error) ? `${place.origin} does not answer within ${longestWaitMs} ms` : `${place.origin} is not reached`)
  })
  const type = answer.headers.get('content-type') ?? ''
  if (!answer.ok || !/^image\/[\w.+-]+$/.test(type)) {
    await answer.body?.cancel()
    throw new HttpError(404, `${address} is no picture (${answer.status} ${type})`)
  }
  send(response, type, await readPicture(answer, address, longestWaitMs), { 'content-security-policy': 'default-src \'none\'; style-src \'unsafe-inline\'' })
}

// As fetch gives it for AbortSignal.timeout().
const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

async function readPicture({ body }: Response, address: string, longestWaitMs: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length
      if (size > LARGEST) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw new HttpError(502, isTimeout(error) ? `${address} was not read within ${longestWaitMs} ms` : `${address} broke off`)
  }
  if (size > LARGEST) throw new HttpError(502, `${address} is larger than ${LARGEST} bytes`)
  return Buffer.concat(chunks)
}
