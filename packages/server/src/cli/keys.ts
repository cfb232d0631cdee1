import type { Auth } from '../index.js'
import { generateKeyRing, retireFromKeyFile, rotateKeyFile } from '../index.js'
import { UsageError } from './usage.js'

type Print = (text: string) => void
type WithAuth = (work: (auth: Auth) => Promise<void>) => Promise<void>

export const KEYS_USAGE = 'tongxing keys generate | list | rotate | retire KID | revoke KID | reseal'

const STATES = { seals: 'seals and opens', opens: 'opens', revoked: 'revoked: opens stored secrets only' }

/** `tongxing keys …`: the sealing keys. */
export async function runKeys([verb, kid]: readonly string[], print: Print, withAuth: WithAuth, dataDir: string | null): Promise<void> {
  if (verb === 'generate') return print(`${generateKeyRing()}\n`)
  if (verb === 'list') return withAuth(async ({ keys }) => print((await keys.list()).map((key) => `${key.kid}  ${STATES[key.state]}\n`).join('')))
  if (verb === 'rotate') return rotate(print, dataDir)
  if (verb === 'retire' && kid) return withAuth((auth) => retire(auth, kid, print, dataDir))
  if (verb === 'revoke' && kid) return withAuth((auth) => revoke(auth, kid, print))
  if (verb === 'reseal') return withAuth(async ({ keys }) => print(`${await keys.reseal()} stored phone numbers put under the current key\n`))
  throw new UsageError(KEYS_USAGE)
}

async function rotate(print: Print, dataDir: string | null): Promise<void> {
  if (dataDir !== null) return print(`Key ${await rotateKeyFile(dataDir)} is new and seals from the next start of the server on; the older ones still open.\n`)
  print(`Put this in front of TONGXING_KEYS, followed by a comma, on every server, and restart them one by one:\n${generateKeyRing()}\n`)
}

// Numbers under a key that is gone could never be read again: they are moved first.
async function retire({ keys }: Auth, kid: string, print: Print, dataDir: string | null): Promise<void> {
  const moved = await keys.reseal()
  print(`${moved} stored phone numbers put under the current key\n`)
  if (dataDir === null) return print(`Take ${kid} out of TONGXING_KEYS on every server and restart them: its tokens end, and their phones log in again silently.\n`)
  await retireFromKeyFile(dataDir, kid)
  print(`Key ${kid} is gone from the next start of the server on: its tokens end, and their phones log in again silently.\n`)
}

async function revoke({ keys }: Auth, kid: string, print: Print): Promise<void> {
  await keys.revoke(kid).catch((error: unknown) => {
    throw error instanceof TypeError ? new UsageError(`${error.message}\n${KEYS_USAGE}`) : error
  })
  print(`Key ${kid} is revoked: its tokens are dead on every server within seconds, and their phones log in again silently.\nRun next: tongxing keys reseal, then tongxing keys retire ${kid}\n`)
}
