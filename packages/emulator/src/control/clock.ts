import type { Wechat } from '../wechat.js'
import { ControlError, required } from './input.js'
import type { Fields } from './input.js'

/** `GET /_emulator/clock`: the emulator's time, in ms since the epoch. */
export function getClock({ clock }: Wechat): unknown {
  return { now: clock.now() }
}

/** `POST /_emulator/clock` `{advanceMs}`: moves the time forward. */
export function advanceClock(fields: Fields, { clock }: Wechat): unknown {
  const ms = required(fields, 'advanceMs', 'number')
  if (!(ms >= 0)) throw new ControlError(400, '"advanceMs" must be 0 or more; time does not go back')
  clock.advance(ms)
  return { now: clock.now() }
}
