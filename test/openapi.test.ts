import { readFileSync, readdirSync } from 'node:fs'
import { ERRORS, ROUTES } from '@tongxing/protocol'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'

interface Operation { readonly security?: object[], readonly requestBody?: { content: Record<string, { schema: object }> }, readonly responses: Record<string, { content?: Record<string, { schema: Schema }> }> }
interface Schema { readonly type?: string, readonly properties?: Record<string, Schema>, readonly required?: string[], readonly anyOf?: Schema[] }
interface Document { readonly openapi: string, readonly paths: Record<string, Record<string, Operation>>, readonly components: { schemas: { Problem: { properties: { code: { enum: string[] } } } } } }

async function documentOf(at: string): Promise<Document> {
  return await (await fetch(`${at}/openapi.json`)).json() as Document
}

it('openapi.json describes every route of the contract, and no other', async () => {
  const { url } = await openStage()
  const { openapi, paths } = await documentOf(url)
  const described = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)).sort()
  expect(openapi).toMatch(/^3\.0/)
  expect(described).toEqual([...Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`), 'GET /healthz', 'GET /readyz', 'GET /openapi.json'].sort())
})

it('openapi.json lists exactly the codes of the error table', async () => {
  const { url } = await openStage()
  expect((await documentOf(url)).components.schemas.Problem.properties.code.enum.sort()).toEqual(Object.keys(ERRORS).sort())
})

it('real answers have the members that openapi.json promises, and no others', async () => {
  const stage = await openStage()
  const { paths } = await documentOf(stage.url)
  const login = (await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })).json
  const token = login.token as string
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '小明' } })
  const phone = await stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) }, token)
  const answers: [string, string, unknown][] = [
    ['post', '/v1/login', login],
    ['get', '/v1/session', (await stage.send('GET', '/v1/session', { token })).json],
    ['get', '/v1/sessions', (await stage.send('GET', '/v1/sessions', { token })).json],
    ['get', '/v1/me', (await stage.send('GET', '/v1/me', { token })).json],
    ['post', '/v1/me/phone', phone.json],
    ['post', '/v1/tickets', (await stage.post('/v1/tickets', {}, token)).json],
    ['get', '/healthz', (await stage.send('GET', '/healthz')).json],
  ]
  for (const [method, path, answer] of answers) {
    const schema = paths[path]![method]!.responses['200']!.content!['application/json']!.schema
    expect(Object.keys(answer as object).sort(), path).toEqual(Object.keys(schema.properties!).sort())
    expect(schema.required!.every((name) => name in (answer as object)), path).toBe(true)
  }
})

it('every endpoint file that takes a body of JSON is described by the schema that checks it', async () => {
  const { url } = await openStage()
  const { paths } = await documentOf(url)
  const folder = new URL('../packages/server/src/http/', import.meta.url)
  const checked = readdirSync(folder).filter((name) => /^v1-.*\.ts$/.test(name) && readFileSync(new URL(name, folder), 'utf8').includes('export const schema'))
  const described = Object.values(paths).flatMap((operations) => Object.values(operations)).filter(({ requestBody }) => requestBody?.content['application/json'])
  expect(described.length).toBeGreaterThanOrEqual(checked.length)
  expect(paths['/v1/login']!.post!.requestBody!.content['application/json']!.schema).toMatchObject({ required: expect.arrayContaining(['appid', 'code']) as string[] })
})
