import { isAuthError } from '../errors.js'
import type { Logger } from '../log.js'
import type { Secret } from '../secret.js'

/** An app and its AppSecret; during a rotation also the one before. */
export interface SecretApp {
  readonly appid: string
  readonly secret: Secret
  readonly previousSecret: Secret | null
}

/**
 * Makes a call with the app's AppSecret and, when WeChat answers one of `refusals`, once more with the other one.
 * Throws what the last call threw: when WeChat takes neither, that is `wx_config_error`.
 */
export type TrySecrets = <T>(app: SecretApp, refusals: ReadonlySet<number>, call: (secret: Secret) => Promise<T>) => Promise<T>

/**
 * Which of the two WeChat took last goes first. So one call is enough for each login, and a code that WeChat should consume
 * before it looks at the secret is lost once in a rotation and not at every login.
 */
export function createTrySecrets(log: Logger): TrySecrets {
  const onPrevious = new Set<string>()

  function learn({ appid }: SecretApp, usesPrevious: boolean): void {
    if (usesPrevious === onPrevious.has(appid)) return
    if (usesPrevious) onPrevious.add(appid)
    else onPrevious.delete(appid)
    log.warn({ event: 'app_secret', appid, previous: usesPrevious }, usesPrevious ? 'WeChat takes the previous AppSecret only' : 'WeChat takes the new AppSecret: the previous one can go')
  }

  return async (app, refusals, call) => {
    if (!app.previousSecret) return call(app.secret)
    const previousFirst = onPrevious.has(app.appid)
    const [first, second] = previousFirst ? [app.previousSecret, app.secret] : [app.secret, app.previousSecret]
    try {
      return await call(first)
    } catch (error) {
      if (!isRefusal(error, refusals)) throw error
    }
    try {
      const result = await call(second)
      learn(app, !previousFirst)
      return result
    } catch (error) {
      if (isAuthError(error) && error.wechat && !isRefusal(error, refusals)) learn(app, !previousFirst)
      throw error
    }
  }
}

function isRefusal(error: unknown, refusals: ReadonlySet<number>): boolean {
  return isAuthError(error) && refusals.has(error.wechat?.errcode ?? 0)
}
