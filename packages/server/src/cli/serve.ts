import { pino } from 'pino'
import { ConfigError, createAuth, problemsOf, serve } from '../index.js'
import { readEnvironment } from './environment.js'

/** `tongxing serve`: runs until SIGINT or SIGTERM. Throws ConfigError with every mistake of the environment. */
export async function runServe(): Promise<void> {
  const environment = readEnvironment(process.env)
  const problems = [...environment.problems, ...problemsOf(environment.auth)]
  if (problems.length > 0) throw new ConfigError(problems)
  const log = pino({ level: environment.logLevel })
  const auth = await createAuth({ ...environment.auth, log })
  const service = await serve(auth, environment.serve).catch(async (error: unknown) => {
    await auth.close()
    throw error
  })
  log.info({ event: 'listening', url: service.url }, `Tongxing is listening on ${service.url}`)
  await stopSignal()
  log.info({ event: 'stopping' }, 'stopping')
  await service.close()
  await auth.close()
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
