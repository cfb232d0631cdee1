import type { Wechat } from '../wechat.js'

/** `GET /_emulator/state`: what there is. Secrets of apps are told (a server needs them), session keys never. */
export function getState({ state }: Wechat): unknown {
  return { apps: state.apps, people: state.people }
}
