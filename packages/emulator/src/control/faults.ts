import type { Wechat } from '../wechat.js'
import { ControlError, optional, required } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/faults` `{path, errcode?, delayMs?, drop?, body?, status?, after?, times?}`: what goes wrong next. */
export function addFault(fields: Fields, { faults }: Wechat): unknown {
  const errcode = optional(fields, 'errcode', 'number')
  const delayMs = optional(fields, 'delayMs', 'number')
  const drop = optional(fields, 'drop', 'boolean')
  const body = optional(fields, 'body', 'string')
  const status = optional(fields, 'status', 'number')
  const after = optional(fields, 'after', 'boolean')
  const times = optional(fields, 'times', 'number')
  const rule = {
    path: required(fields, 'path', 'string'),
    ...errcode !== undefined && { errcode },
    ...delayMs !== undefined && { delayMs },
    ...drop !== undefined && { drop },
    ...body !== undefined && { body },
    ...status !== undefined && { status },
    ...after !== undefined && { after },
    ...times !== undefined && { times },
  }
  try {
    faults.add(rule)
  } catch (error) {
    if (error instanceof TypeError) throw new ControlError(400, error.message)
    throw error
  }
  return { ok: true }
}

/** `DELETE /_emulator/faults`: nothing goes wrong any more. */
export function clearFaults({ faults }: Wechat): unknown {
  faults.clear()
  return { ok: true }
}
