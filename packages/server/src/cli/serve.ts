import { serve } from '../index.js'
import { openAuth } from './open.js'

/** `tongxing serve`: runs until SIGINT or SIGTERM. */
export async function runServe(): Promise<void> {
  const { auth, environment } = await openAuth()
  const service = await serve(auth, environment.serve).catch(async (error: unknown) => {
    await auth.close()
    throw error
  })
  auth.log.info({ event: 'listening', url: service.url }, `Tongxing is listening on ${service.url}`)
  await stopSignal()
  auth.log.info({ event: 'stopping' }, 'stopping')
  await service.close()
  await auth.close()
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
