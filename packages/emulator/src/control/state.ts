import { readState } from '../state-file.js'
import type { Wechat } from '../wechat.js'
import type { Fields } from './input.js'

/** `GET /_emulator/state`: apps, people and their ids. Secrets of apps are told (a server needs them), session keys never. */
export function getState({ state }: Wechat): unknown {
  return state.save()
}

/** `PUT /_emulator/state`: starts over with what GET gave. */
export function putState(fields: Fields, { state, startOver }: Wechat): unknown {
  startOver(readState(fields))
  return state.save()
}

/** `POST /_emulator/reset`: starts over with what the emulator started with. */
export function reset({ state, startOver }: Wechat): unknown {
  startOver()
  return state.save()
}
