import type { Endpoint } from './endpoint.js'

/** Larger than any event; a message that a user sends to the app's customer service may be longer than a kilobyte. */
const LARGEST_BODY_BYTES = 64 * 1024
const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8' }

/** `GET /v1/wechat/push/{appid}`: the WeChat console looks whether this is the app's back end. */
export const getPush: Endpoint = async (call, auth, { appid = '' }) => {
  return { status: 200, bytes: Buffer.from(auth.push.echo(appid, queryOf(call.url))), headers: PLAIN_TEXT }
}

/** `POST /v1/wechat/push/{appid}`: an event; answered when it has taken effect, so that WeChat sends it again otherwise. */
export const postPush: Endpoint = async (call, auth, { appid = '' }) => {
  await auth.push.receive(appid, queryOf(call.url), Buffer.from(await call.bytes(LARGEST_BODY_BYTES)).toString())
  return { status: 200, bytes: Buffer.from('success'), headers: PLAIN_TEXT }
}

function queryOf(url: string): URLSearchParams {
  return new URL(url, 'http://server').searchParams
}
