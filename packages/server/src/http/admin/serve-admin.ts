import { isIP } from 'node:net'
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

// A web page that resolves its own name to this address (DNS rebinding) still names itself in Host: an address there is no name of anybody.
function refuseForeignHosts(own: string): Guard {
  return {
    before(_route, call) {
      const host = hostOf(call.header('host') ?? '')
      if (host !== 'localhost' && host !== own.toLowerCase() && isIP(host) === 0) throw new AuthError('wrong_host')
    },
    after: () => undefined,
  }
}

/** Without the port, and without the brackets of IPv6. */
function hostOf(header: string): string {
  const [, six, other = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(header) ?? []
  return (six ?? other).toLowerCase()
}
