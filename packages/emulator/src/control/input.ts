import type { State } from '../state.js'
import type { AppUser } from '../state.js'

/** What was wrong with a control request, for its sender. */
export class ControlError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ControlError'
    this.status = status
  }
}

/** The members of a JSON body, each checked when it is read. */
export type Fields = Readonly<Record<string, unknown>>

type TypeName = 'string' | 'number' | 'boolean'
interface TypeOf { string: string, number: number, boolean: boolean }

/** Reads the body as a JSON object; an empty body is an empty object. Throws ControlError 400. */
export function parseFields(body: string): Fields {
  if (body.trim() === '') return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    throw new ControlError(400, 'the body is not valid JSON')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new ControlError(400, 'the body must be a JSON object, such as {"appid": "…"}')
  return parsed as Fields
}

/** A member that may be absent. Throws ControlError 400 when it has another type. */
export function optional<T extends TypeName>(fields: Fields, name: string, type: T): TypeOf[T] | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value !== type) throw new ControlError(400, `"${name}" must be a ${type}, got ${describe(value)}`)
  return value as TypeOf[T]
}

/** A member that must be there. Throws ControlError 400. */
export function required<T extends TypeName>(fields: Fields, name: string, type: T): TypeOf[T] {
  const value = optional(fields, name, type)
  if (value === undefined) throw new ControlError(400, `"${name}" is missing; send a ${type}`)
  return value
}

/** `appid` and `person` of the body. Throws ControlError 404 when there is no such app or person. */
export function requiredUser(fields: Fields, state: State): AppUser {
  const appid = required(fields, 'appid', 'string')
  if (typeof fields['person'] === 'object' && fields['person'] !== null) throw new ControlError(400, '"person" must be the id of a person (a string), not an object')
  const person = required(fields, 'person', 'string')
  if (state.findApp(appid) === undefined) throw new ControlError(404, `there is no app ${JSON.stringify(appid)}; GET /_emulator/state lists them`)
  if (state.findPerson(person) === undefined) throw new ControlError(404, `there is no person ${JSON.stringify(person)}; GET /_emulator/state lists them, POST /_emulator/people adds one`)
  return { appid, person }
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
