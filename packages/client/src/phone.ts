import type { Phone, PhoneResponse } from '@tongxing/protocol'
import { AuthError, wxFailure } from './errors.js'
import type { Login } from './login.js'
import type { Settings } from './options.js'
import { bodyOf } from './problem.js'
import type { SessionState } from './session.js'
import type { Request } from './transfer.js'

/** The event of `<button open-type="getPhoneNumber" bindgetphonenumber="…">`; of it only this is used. */
export interface PhoneEvent {
  readonly detail: { readonly code?: string, readonly encryptedData?: string, readonly iv?: string, readonly errMsg?: string, readonly errno?: number }
}

/**
 * Sends what a phone button's event holds to the server, which turns it into the number; a double tap sends it once. That is the code, or,
 * below base library 2.21.2, the encrypted data; those are good only with the login of the tap, so no login runs in between: where there is
 * no session, it logs in and rejects with `TAP_REQUIRED`.
 * Rejects with `USER_DENIED`, `PRIVACY_DENIED`, `PHONE_QUOTA` (the app's paid quota is used up), `UNSUPPORTED` (the event holds
 * neither), or `REFUSED` with the server's `action`.
 *
 * ```ts
 * Page({ onPhone(event: WechatMiniprogram.ButtonGetPhoneNumber) { client.phone(event).then(({ masked }) => this.setData({ phone: masked })) } })
 * ```
 */
export type PhoneCall = (event: PhoneEvent) => Promise<Phone>

/** `client.phone`. */
export function createPhone({ endpoints }: Settings, session: SessionState, login: Login, request: Request): PhoneCall {
  let sent: { readonly key?: string, readonly phone?: Promise<Phone> } = {}

  async function send(key: string, data: object, replay: boolean): Promise<Phone> {
    let left = false
    const release = login.hold()
    try {
      if (!replay && !session.current()) {
        await login.ready()
        throw new AuthError('TAP_REQUIRED', { message: 'logged in just now: tap again' })
      }
      const given = bodyOf<PhoneResponse>(await request({ method: 'POST', url: endpoints.phone, data, replay, onTask() { left = true } }))
      session.setUser(given)
      return given.phone
    } catch (error) {
      // It never left the phone, or another try may help: then the same event may be sent again.
      if (sent.key === key && (!left || (error as AuthError).retryable)) sent = {}
      throw error
    } finally {
      release()
    }
  }

  return async ({ detail }) => {
    const { code, encryptedData, iv } = detail
    const key = code || (iv && encryptedData)
    if (!key) throw wxFailure(detail, 'UNSUPPORTED')
    if (sent.key !== key) sent = { key, phone: send(key, code ? { code } : { encryptedData, iv }, !!code) }
    return sent.phone!
  }
}
