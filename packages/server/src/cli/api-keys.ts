import type { Auth } from '../index.js'
import { UsageError } from './usage.js'

/** `tongxing api-keys create NAME [--admin] | list | revoke ID`: keys of back ends, and of operators. */
export async function runApiKeys(auth: Auth, [verb, argument, flag]: readonly string[], print: (text: string) => void): Promise<void> {
  if (verb === 'create' && argument && (flag === undefined || flag === '--admin')) {
    const { id, name, key } = await auth.apiKeys.create(argument, flag === '--admin' ? 'admin' : 'backend')
    print(`${key}\n\nKey ${id} for ${name}. It is not kept anywhere and cannot be shown again.\n`)
  } else if (verb === 'list') {
    const keys = await auth.apiKeys.list()
    print(keys.length === 0 ? 'No api keys.\n' : keys.map(({ id, name, createdAt, revokedAt }) => `${id}  ${day(createdAt)}  ${revokedAt === null ? 'valid' : `revoked ${day(revokedAt)}`}  ${name}\n`).join(''))
  } else if (verb === 'revoke' && argument) {
    if (!(await auth.apiKeys.revoke(argument))) throw new UsageError(`there is no valid key ${argument}; see: tongxing api-keys list`)
    print(`Key ${argument} is revoked.\n`)
  } else {
    throw new UsageError('tongxing api-keys create NAME [--admin] | list | revoke ID')
  }
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
