import type { PhoneUser } from '../state.js'
import type { TrafficLog } from '../traffic.js'
import type { DeviceContext } from './device-context.js'
import type { SettingsVisit } from './setting.js'

/** Shows the settings to the person; `visit` is read at each visit. A rejected promise means that nothing was changed. */
export function createSettingsVisit(traffic: TrafficLog, user: PhoneUser, visit: () => SettingsVisit): DeviceContext['visitSettings'] {
  return (authSetting, then) => {
    const changes = visit()
    if (typeof changes !== 'function') return then(changes)
    const finish = (made: Readonly<Record<string, boolean>>): void => {
      traffic.noteLocal({ name: 'settings', ...user, detail: made })
      then(made)
    }
    void Promise.resolve().then(() => changes(authSetting)).then(finish, () => finish({}))
  }
}
