import { createSecureContext } from 'node:tls'
import { exchange } from './http.js'
import type { IncomingAnswer } from './http.js'
import type { Mapping, RouteMapping } from './mapping.js'
import { asText, fill, fillPath, valueAt } from './template.js'
import type { Values } from './template.js'

/** What a situation changes about a request that the mapping describes. */
export interface Changes {
  /** Sent as the mapping's `authorization` tells. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** More fields of the body. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Fields of the body to leave out: those whose template holds this placeholder. */
  readonly without?: string
  /** More query parameters. */
  readonly query?: Readonly<Record<string, string>>
  readonly method?: string
  /** The body as it stands, in place of the mapping's. */
  readonly raw?: string | Buffer
}

/** An answer of the back end, and what it was an answer to. */
export interface Answer extends IncomingAnswer {
  /** `POST /login` */
  readonly asked: string
  /** Undefined when the body is no JSON. */
  readonly json: unknown
  /** By the mapping's `success` and the status. */
  readonly accepted: boolean
}

/** A login: a refused one has no token. */
export interface Login {
  readonly answer: Answer
  readonly token: string | undefined
}

/** The answer of the protected route: a refused one has no user. */
export interface Identity {
  readonly answer: Answer
  readonly user: string | undefined
}

/** Speaks to the back end under test. */
export interface BackEnd {
  readonly url: string
  /** Whether an authority was named for its certificate. */
  readonly ca: boolean
  send(route: RouteMapping, values: Values, changes?: Changes): Promise<Answer>
  login(appid: string, code: unknown, changes?: Changes): Promise<Login>
  whoIs(token: string | undefined, changes?: Changes): Promise<Identity>
  /** Every answer so far. */
  readonly answers: readonly Answer[]
}

/** Where the back end is, and how it is spoken to. */
export interface BackEndOptions {
  readonly url: string
  readonly mapping: Mapping
  /** How long an answer may take before it counts as lost, in ms. */
  readonly patienceMs: number
  /** PEM of the authority that signed its certificate. */
  readonly ca?: string
}

/** Throws nothing but what the system throws of an unusable `ca`. */
export function createBackEnd({ url, mapping, patienceMs, ca }: BackEndOptions): BackEnd {
  const base = url.replace(/\/$/, '')
  const secureContext = ca === undefined ? undefined : createSecureContext({ ca })
  const answers: Answer[] = []

  async function send(route: RouteMapping, values: Values, changes: Changes = {}): Promise<Answer> {
    const { headers, body } = messageOf(mapping, route, values, changes)
    const method = changes.method ?? route.method ?? 'POST'
    const asked = withQuery(fillPath(route.path, values), changes.query)
    const came = await exchange({ method, url: base + asked, headers, timeoutMs: patienceMs, ...secureContext !== undefined && { secureContext }, ...body !== undefined && { body } })
    const json = parse(came.text)
    const answer = { ...came, json, accepted: isYes(came.status, json, mapping), asked: `${method} ${route.path}` }
    answers.push(answer)
    return answer
  }

  return {
    url, ca: ca !== undefined, answers, send,
    async login(appid, code, changes = {}) {
      const answer = await send(mapping.login, { appid, code }, changes)
      return { answer, token: answer.accepted ? readText(tokenOf(answer, mapping.login.token)) : undefined }
    },
    async whoIs(token, changes = {}) {
      const route = { method: 'GET', ...mapping.me }
      const answer = await send(route, {}, { ...token !== undefined && { token }, ...changes })
      return { answer, user: answer.accepted ? readText(valueAt(answer.json, mapping.me.user)) : undefined }
    },
  }
}

function messageOf(mapping: Mapping, route: RouteMapping, values: Values, { token, headers = {}, fields = {}, without, raw }: Changes): { headers: Record<string, string>, body?: string | Buffer } {
  const authorization = token === undefined ? {} : fill(mapping.authorization ?? { authorization: 'Bearer {token}' }, { token }) as Record<string, string>
  const template = Object.entries(route.body ?? {}).filter(([, value]) => without === undefined || !asText(value).includes(`{${without}}`))
  const body = { ...fill(Object.fromEntries(template), values) as Record<string, unknown>, ...fields }
  const hasBody = raw !== undefined || route.body !== undefined || Object.keys(fields).length > 0
  const type = route.type === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
  const own = fill(route.headers ?? {}, values) as Record<string, string>
  return {
    headers: { accept: 'application/json', ...hasBody && { 'content-type': type }, ...own, ...authorization, ...headers },
    ...hasBody && { body: raw ?? (route.type === 'form' ? formOf(body) : JSON.stringify(body)) },
  }
}

function formOf(body: Record<string, unknown>): string {
  return new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, asText(value)])).toString()
}

function withQuery(path: string, query: Readonly<Record<string, string>> = {}): string {
  const more = new URLSearchParams(query).toString()
  return more === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${more}`
}

function isYes(status: number, json: unknown, { success }: Mapping): boolean {
  if (status < 200 || status > 299) return false
  if (status === 204) return true // has no body in which anything could stand
  return success === undefined || JSON.stringify(valueAt(json, success.at)) === JSON.stringify(success.equals)
}

function tokenOf(answer: IncomingAnswer & { json: unknown }, place: string): unknown {
  return place.startsWith('header:') ? answer.headers[place.slice('header:'.length).toLowerCase()] : valueAt(answer.json, place)
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // an answer that is no JSON
  }
}
