import { AuthError } from './errors.js'
import type { Settings } from './options.js'
import { callWx } from './wx.js'

/** How to ask. */
export interface ScopeOptions {
  /** Why the program needs it, shown to somebody who refused before, with the way to the settings. Without it, such a refusal just rejects. */
  readonly rationale?: string
}

/**
 * Resolves once the person has granted a scope, and always settles: asks those who were never asked, and leads those who refused before to the
 * settings. Rejects with `SCOPE_DENIED` when they refuse (again), `PRIVACY_DENIED`, `PRIVACY_NOT_DECLARED`, `UNSUPPORTED`.
 *
 * ```ts
 * await client.scope('scope.userLocation', { rationale: '用于查找附近的门店' })
 * ```
 */
export type ScopeCall = (scope: string, options?: ScopeOptions) => Promise<void>

interface WxSetting { readonly authSetting: Readonly<Record<string, boolean | undefined>> }

/** `client.scope`. */
export function createScope(settings: Settings): ScopeCall {
  const denied = (cause?: unknown) => new AuthError('SCOPE_DENIED', { cause })

  /** The settings open only in a tap: that of the modal's button, so within its callback. */
  function guide(content: string): Promise<WxSetting> {
    return callWx<{ confirm?: boolean }, WxSetting>(settings, 'showModal', { content }, 'SCOPE_DENIED', undefined, ({ confirm }) =>
      confirm ? callWx<WxSetting>(settings, 'openSetting', {}, 'SCOPE_DENIED') : { authSetting: {} })
  }

  return async (scope, { rationale } = {}) => {
    const { authSetting: { [scope]: granted } } = await callWx<WxSetting>(settings, 'getSetting', {}, 'SCOPE_DENIED')
    if (granted) return
    if (granted === undefined) {
      await callWx(settings, 'authorize', { scope }, 'SCOPE_DENIED').then(undefined, (error: AuthError) => {
        throw error.code === 'USER_DENIED' ? denied(error.cause) : error
      })
    } else if (!rationale || !(await guide(rationale)).authSetting[scope]) throw denied()
  }
}
