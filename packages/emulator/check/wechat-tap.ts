import { createServer, request as forward } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One call of WeChat's API by the back end, as it stood on the wire. */
export interface WechatCall {
  readonly path: string
  /** As it was sent, without the question mark. */
  readonly query: string
  readonly body: string
  /** '' until it is answered, and when the connection was cut. */
  answer: string
}

/** Stands between the back end and the emulator and keeps every word: what an attacker must never see has to be known to be searched for. */
export interface WechatTap {
  /** What the back end takes for `https://api.weixin.qq.com`. */
  readonly url: string
  readonly calls: readonly WechatCall[]
  /** Every session_key and access_token that WeChat has handed out. */
  readonly sessionKeys: ReadonlySet<string>
  readonly accessTokens: ReadonlySet<string>
  close(): Promise<void>
}

/** Listens on `port` and passes everything on to the emulator. Rejects when the port is taken. */
export async function openWechatTap(emulatorUrl: string, port: number, host: string): Promise<WechatTap> {
  const calls: WechatCall[] = []
  const sessionKeys = new Set<string>()
  const accessTokens = new Set<string>()
  const note = (call: WechatCall, answer: string) => {
    call.answer = answer
    const { session_key: sessionKey, access_token: accessToken } = fieldsOf(answer)
    if (typeof sessionKey === 'string') sessionKeys.add(sessionKey)
    if (typeof accessToken === 'string') accessTokens.add(accessToken)
  }
  const server = createServer((request, response) => {
    readAll(request).then((body) => {
      const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s, 2)
      const call = { path, query, body: body.toString(), answer: '' }
      calls.push(call)
      pass(emulatorUrl, request, body, response, (answer) => note(call, answer))
    }, () => response.destroy())
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    calls, sessionKeys, accessTokens,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

function pass(emulatorUrl: string, request: IncomingMessage, body: Buffer, response: ServerResponse, note: (answer: string) => void): void {
  const headers = { 'content-type': request.headers['content-type'] ?? '', 'content-length': body.length }
  const onward = forward(emulatorUrl + request.url, { method: request.method, headers, agent: false }, (answer) => {
    readAll(answer).then((bytes) => {
      note(bytes.toString())
      response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain', 'content-length': bytes.length })
      response.end(bytes)
    }, () => response.socket?.destroy())
  })
  onward.on('error', () => response.socket?.destroy())
  onward.end(body)
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function fieldsOf(answer: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(answer)) as Record<string, unknown>
  } catch {
    return {} // a fault on purpose: no JSON, no secret
  }
}
