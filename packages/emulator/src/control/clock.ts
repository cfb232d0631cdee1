import type { Wechat } from '../wechat.js'
import { ControlError, required } from './input.js'
import type { Fields } from './input.js'

/** The last moment of a Date, in ms since the epoch. */
const LAST_MOMENT = 8.64e15

/** `GET /_emulator/clock`: the emulator's time, in ms since the epoch. */
export function getClock({ clock }: Wechat): unknown {
  return { now: clock.now() }
}

/** `POST /_emulator/clock` `{advanceMs}`: moves the time forward. */
export function advanceClock(fields: Fields, { clock }: Wechat): unknown {
  const ms = required(fields, 'advanceMs', 'number')
  if (!(ms >= 0)) throw new ControlError(400, '"advanceMs" must be 0 or more; time does not go back')
  if (clock.now() + ms > LAST_MOMENT) throw new ControlError(400, '"advanceMs" goes beyond the last date there is')
  clock.advance(ms)
  return { now: clock.now() }
}
