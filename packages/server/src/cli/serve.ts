import { serve, serveAdmin } from '../index.js'
import type { Auth, Service } from '../index.js'
import { openAuth } from './open.js'

/** `tongxing serve`: runs until SIGINT or SIGTERM. */
export async function runServe(): Promise<void> {
  const { auth, environment } = await openAuth()
  const services: Service[] = []
  try {
    services.push(await serve(auth, environment.serve))
    if (environment.admin) services.push(await serveAdmin(auth, environment.admin))
    tell(auth, services)
    await stopSignal()
    auth.log.info({ event: 'stopping' }, 'stopping')
  } finally {
    await Promise.all(services.map((service) => service.close()))
    await auth.close()
  }
}

function tell({ log }: Auth, [service, admin]: readonly Service[]): void {
  log.info({ event: 'listening', url: service!.url, ...(admin && { admin: admin.url }) }, `Tongxing is listening on ${service!.url}${admin ? `, its admin listener on ${admin.url}` : ''}`)
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
