import { createHmac } from 'node:crypto'
import { pino } from 'pino'

/** What the server logs through. pino, console-like loggers and Fastify's logger fit. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Warnings and errors as JSON lines on stderr: what a library may say without being asked. */
export function defaultLogger(): Logger {
  return pino({ level: 'warn' }, pino.destination({ fd: 2, sync: true }))
}

/** Turns an openid or uid into what the log may hold: the same person gives the same pseudonym, and nobody can go back. */
export type Pseudonymise = (id: string) => string

/** Keyed, so that who holds the log alone cannot try ids; erasing a person never needs to rewrite logs. */
export function createPseudonymiser(key: Uint8Array): Pseudonymise {
  return (id) => createHmac('sha256', key).update(id).digest('hex').slice(0, 16)
}
