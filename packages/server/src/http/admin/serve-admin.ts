import type { Auth } from '../../auth.js'
import { AuthError } from '../../errors.js'
import { createDispatch } from '../dispatch.js'
import type { Guard } from '../dispatch.js'
import { listenWith } from '../serve.js'
import type { Service } from '../serve.js'
import { ADMIN_ROUTES } from './routes.js'

/** Where the admin listener listens. */
export interface AdminOptions {
  /** 0 = any free port. Default: 9090. */
  readonly port?: number
  /** Default: `127.0.0.1`. Its answers are plain HTTP: leave it on loopback, or in a network of operators alone. */
  readonly host?: string
}

/**
 * Metrics, readiness and administration, apart from the public service. Everything but `/metrics`, `/healthz` and `/readyz` demands a key
 * of `tongxing api-keys create NAME --admin`. Rejects with the system's error when the address cannot be taken.
 *
 * ```ts
 * const admin = await serveAdmin(auth, { port: 9090 })
 * await admin.close()
 * ```
 */
export async function serveAdmin(auth: Auth, { port = 9090, host = '127.0.0.1' }: AdminOptions = {}): Promise<Service> {
  return listenWith(createDispatch(auth, ADMIN_ROUTES, refuseForeignHosts(host)), { port, host, idleGraceMs: 0 })
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

// A web page that resolves its own name to 127.0.0.1 (DNS rebinding) still names itself in Host.
function refuseForeignHosts(host: string): Guard {
  const own = host.includes(':') ? `[${host}]` : host
  return {
    before(_route, call) {
      const given = call.header('host') ?? ''
      if (!LOOPBACK.test(given) && given.replace(/:\d+$/, '') !== own) throw new AuthError('wrong_host')
    },
    after: () => undefined,
  }
}
