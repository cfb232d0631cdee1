import { ERRORS } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { DESCRIPTIONS } from './descriptions.js'
import type { Description } from './descriptions.js'
import type { Endpoint } from './endpoint.js'
import type { Route } from './router.js'

type Json = Readonly<Record<string, unknown>>

/** `GET /openapi.json`: made from the schemas that check the bodies, and from the error table. */
export function createGetOpenapi(routes: readonly Pick<Route, 'method' | 'path'>[]): Endpoint {
  let document: Json | undefined
  return async () => {
    document ??= openapiOf(routes)
    return { status: 200, json: document }
  }
}

/** The OpenAPI 3.0 document of some routes. */
export function openapiOf(routes: readonly Pick<Route, 'method' | 'path'>[]): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const { method, path } of routes) {
    const description = DESCRIPTIONS[`${method} ${path}`]
    if (description) (paths[path] ??= {})[method.toLowerCase()] = operationOf(path, description)
  }
  return {
    openapi: '3.0.3',
    info: { title: '通行 Tongxing', version: '1', description: 'Login and authorization for WeChat Mini Programs. Unknown fields of a request are ignored; every error is a problem document (RFC 9457).' },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The token of POST /v1/login.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'A key of: tongxing api-keys create NAME' },
      },
      schemas: { Problem: PROBLEM },
    },
  }
}

function operationOf(path: string, { zh, en, by, body, answer, status = answer ? 200 : 204 }: Description): Json {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  return {
    summary: zh,
    description: en,
    ...(by !== 'nobody' && { security: [{ [by === 'session' ? 'session' : 'apiKey']: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      [status]: { description: en, ...(answer && { content: { 'application/json': { schema: schemaOf(answer) } } }) },
      default: { description: 'What went wrong, and what to do.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  }
}

function contentOf(body: ZodType | 'picture'): Json {
  if (body !== 'picture') return { 'application/json': { schema: schemaOf(body) } }
  return { 'multipart/form-data': { schema: { type: 'object', properties: { avatar: { type: 'string', format: 'binary' } } } } }
}

function schemaOf(schema: ZodType): Json {
  return z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' })
}

const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'action'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string', description: 'For people, in the language of Accept-Language: Chinese or English.' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    action: { type: 'string', enum: [...new Set(Object.values(ERRORS).map(({ action }) => action))] },
    detail: { type: 'string' },
    reason: { type: 'string', description: 'Why a session has ended; only with session_revoked.' },
    request_id: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { path: { type: 'string' }, rule: { type: 'string' } } } },
  },
}
