import { parseRule, printRule } from '../fault-rule.js'
import type { FaultRule } from '../fault-rule.js'
import type { Wechat } from '../wechat.js'
import { ControlError, optional } from './input.js'
import type { Fields } from './input.js'

/** `GET /_emulator/faults`: the rules in force, each with how often it hit, and as one line. */
export function getFaults({ faults }: Wechat): unknown {
  return { faults: faults.list().map((fault) => ({ ...fault, line: printRule(fault.rule) })) }
}

/** `POST /_emulator/faults`: a rule, or `{line}` with one as on the command line. */
export function addFault(fields: Fields, { faults }: Wechat): unknown {
  const line = optional(fields, 'line', 'string')
  // What is wrong with it comes as a TypeError, with its members by name.
  faults.add(line === undefined ? fields as unknown as FaultRule : parseRule(line))
  return { ok: true, id: faults.list().at(-1)?.id }
}

/** `DELETE /_emulator/faults`: nothing goes wrong any more; with `{id}` that rule ends. */
export function endFaults(fields: Fields, { faults }: Wechat): unknown {
  const id = optional(fields, 'id', 'number')
  if (id === undefined) faults.clear()
  else if (!faults.end(id)) throw new ControlError(404, `there is no fault ${id}; GET /_emulator/faults lists them`)
  return { ok: true }
}
