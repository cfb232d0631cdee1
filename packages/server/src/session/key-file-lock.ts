import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../errors.js'

const TRIES = 200
const PAUSE_MS = 50
const pauseABit = (): Promise<void> => sleep(PAUSE_MS)

/**
 * Does the work while no other process changes the file: each holds `FILE.lock` meanwhile, and waits up to ten seconds for it.
 * Throws {@link ConfigError} when it waited in vain, naming who holds the lock and what to do.
 */
export async function whileLocked<Result>(file: string, work: () => Result, pause: () => Promise<void> = pauseABit): Promise<Result> {
  const lock = `${file}.lock`
  for (let tried = 0; !take(lock); tried++) {
    if (tried === TRIES) throw new ConfigError([`${lock} is held by ${holderOf(lock)}; if that process is gone, remove the file and run this again`])
    await pause()
  }
  try {
    return work()
  } finally {
    rmSync(lock, { force: true })
  }
}

// A lock whose process died is left to the operator: a process id says nothing about another container on the same folder, and to
// break the lock of somebody who lives would lose a key.
function take(lock: string): boolean {
  try {
    const descriptor = openSync(lock, 'wx', 0o600)
    writeSync(descriptor, `process ${process.pid} of ${hostname()}`)
    closeSync(descriptor)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function holderOf(lock: string): string {
  try {
    return readFileSync(lock, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nobody any more'
    throw error
  }
}
