import type { Auth } from '../index.js'
import { UsageError } from './usage.js'

/** `tongxing api-keys create NAME | list | revoke ID`: keys of back ends, for introspection and tickets. */
export async function runApiKeys(auth: Auth, [verb, argument]: readonly string[], print: (text: string) => void): Promise<void> {
  if (verb === 'create' && argument) {
    const { id, name, key } = await auth.apiKeys.create(argument)
    print(`${key}\n\nKey ${id} for ${name}. It is not kept anywhere and cannot be shown again.\n`)
  } else if (verb === 'list') {
    const keys = await auth.apiKeys.list()
    print(keys.length === 0 ? 'No api keys.\n' : keys.map(({ id, name, createdAt, revokedAt }) => `${id}  ${day(createdAt)}  ${revokedAt === null ? 'valid' : `revoked ${day(revokedAt)}`}  ${name}\n`).join(''))
  } else if (verb === 'revoke' && argument) {
    if (!(await auth.apiKeys.revoke(argument))) throw new UsageError(`there is no valid key ${argument}; see: tongxing api-keys list`)
    print(`Key ${argument} is revoked.\n`)
  } else {
    throw new UsageError('tongxing api-keys create NAME | list | revoke ID')
  }
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
