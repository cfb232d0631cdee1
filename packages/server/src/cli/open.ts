import { pino } from 'pino'
import { ConfigError, createAuth, problemsOf } from '../index.js'
import type { Auth } from '../index.js'
import { readEnvironment } from './environment.js'
import type { Environment } from './environment.js'

/** What the environment describes. Throws ConfigError with every mistake, before anything is started. */
export function readOptions(): Environment {
  const environment = readEnvironment(process.env)
  const problems = [...environment.problems, ...problemsOf(environment.auth)]
  if (problems.length > 0) throw new ConfigError(problems)
  return environment
}

/** Opens the login system that the environment describes. Throws ConfigError. */
export async function openAuth(): Promise<{ auth: Auth, environment: Environment }> {
  const environment = readOptions()
  return { auth: await createAuth({ ...environment.auth, log: pino({ level: environment.logLevel }) }), environment }
}
