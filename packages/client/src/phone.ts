import type { Phone, PhoneRequest, PhoneResponse } from '@tongxing/protocol'
import { wxFailure } from './errors.js'
import type { AuthError } from './errors.js'
import { throwUnlessOk } from './logout.js'
import type { Settings } from './options.js'
import type { Request } from './request.js'

/** The event of `<button open-type="getPhoneNumber" bindgetphonenumber="…">`; of it only this is used. */
export interface PhoneEvent {
  readonly detail: { readonly code?: string, readonly errMsg?: string, readonly errno?: number }
}

/**
 * Sends the code of a phone button's event to the server, which swaps it for the number; a double tap sends it once.
 * Rejects with `USER_DENIED`, `PRIVACY_DENIED`, `PHONE_QUOTA` (the app's paid quota is used up), `UNSUPPORTED` (no code: base library
 * below 2.21.2), or `REFUSED` with the server's `action`.
 *
 * ```ts
 * onPhone(event) { client.phone(event).then(({ masked }) => this.setData({ phone: masked })) }
 * ```
 */
export type PhoneCall = (event: PhoneEvent) => Promise<Phone>

/** `client.phone`. */
export function createPhone({ endpoints }: Settings, request: Request): PhoneCall {
  let sent: { readonly code?: string, readonly phone?: Promise<Phone> } = {}

  async function send(data: PhoneRequest): Promise<Phone> {
    let left = false
    try {
      const response = await request<PhoneResponse>({ method: 'POST', url: endpoints.phone, data, onTask() { left = true } })
      throwUnlessOk(response)
      return response.data.phone
    } catch (error) {
      // The code never left the phone, or another try may help: then the same event may be sent again.
      if (sent.code === data.code && (!left || (error as AuthError).retryable)) sent = {}
      throw error
    }
  }

  return async ({ detail }) => {
    const { code } = detail
    if (!code) throw wxFailure(detail, 'UNSUPPORTED')
    if (sent.code !== code) sent = { code, phone: send({ code }) }
    return sent.phone!
  }
}
