import { isAuthError } from '../index.js'
import type { Auth } from '../index.js'
import { UsageError } from './usage.js'

const USAGE = 'tongxing apps list | disable APPID | enable APPID'

/** `tongxing apps …`: switches a mini program off and on, for all servers of this database. */
export async function runApps({ apps }: Auth, [verb, appid, ...rest]: readonly string[], print: (text: string) => void): Promise<void> {
  if (verb === 'list' && appid === undefined) {
    return print((await apps.list()).map((app) => `${app.appid}  ${app.disabledAt === null ? 'on' : `off since ${new Date(app.disabledAt).toISOString()}`}\n`).join(''))
  }
  if (appid === undefined || rest.length > 0 || (verb !== 'disable' && verb !== 'enable')) throw new UsageError(USAGE)
  await apps[verb](appid).catch((error: unknown) => {
    throw isAuthError(error) && error.code === 'app_unknown' ? new UsageError(`${appid} is not configured here`) : error
  })
  print(verb === 'disable' ? `${appid} is off: its logins and sessions are refused.\n` : `${appid} is on.\n`)
}
