import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 4096
const pool = Buffer.alloc(POOL_BYTES)
let next = POOL_BYTES

/**
 * `size` bytes (at most 4096) from the system's cryptographic generator, never handed out twice.
 * Drawn by the page: a call to the generator costs microseconds however few bytes it brings, and a login needs four.
 */
export function randomBytes(size: number): Buffer {
  if (next + size > POOL_BYTES) {
    randomFillSync(pool)
    next = 0
  }
  const bytes = Buffer.from(pool.subarray(next, next + size))
  // What became a nonce or an id must not be found in this process's memory as what comes next to it.
  pool.fill(0, next, next + size)
  next += size
  return bytes
}
