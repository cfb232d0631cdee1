import { isAuthError } from '../index.js'
import type { Auth, User } from '../index.js'
import { UsageError } from './usage.js'
import { runImport } from './users-import.js'

type Print = (text: string) => void

const USAGE = 'tongxing users show UID | ban UID | unban UID | end-sessions UID | erase UID --for-good | merge FROM INTO [--dry-run] | conflicts | import FILE'

/** `tongxing users …` */
export async function runUsers(auth: Auth, words: readonly string[], print: Print): Promise<void> {
  const [verb, uid, ...rest] = words
  if (verb === 'conflicts' && uid === undefined) return printConflicts(auth, print)
  if (verb === 'import') return runImport(auth, words.slice(1), print)
  if (verb === 'merge') return runMerge(auth, words.slice(1), print)
  if (verb === 'erase') return runErase(auth, words.slice(1), print)
  const { users } = auth
  if (uid === undefined || rest.length > 0) throw new UsageError(USAGE)
  const found = await act(users, verb, uid, print)
  if (!found) throw new UsageError(verb === 'unban' ? `there is no banned user ${uid}` : `there is no user ${uid}`)
}

async function act(users: Auth['users'], verb: string | undefined, uid: string, print: Print): Promise<boolean> {
  if (verb === 'show') {
    const user = await users.get(uid)
    if (user) print(cardOf(user))
    return user !== null
  }
  const [work, said] = WORK[verb ?? ''] ?? []
  if (!work || !said) throw new UsageError(USAGE)
  const done = await work(users, uid)
  if (done) print(`${uid}: ${said}\n`)
  return done
}

const WORK: Readonly<Record<string, readonly [(users: Auth['users'], uid: string) => Promise<boolean>, string]>> = {
  ban: [(users, uid) => users.ban(uid), 'banned; the sessions have ended, and nobody can log in as this user'],
  unban: [(users, uid) => users.unban(uid), 'no longer banned; the phones log in again by themselves'],
  'end-sessions': [(users, uid) => users.endSessions(uid), 'all sessions have ended'],
}

async function printConflicts({ identities }: Auth, print: Print): Promise<void> {
  const conflicts = await identities.conflicts()
  print(conflicts.length === 0 ? 'No conflicts.\n' : conflicts.map((conflict) => `${JSON.stringify(conflict)}\n`).join(''))
}

async function runMerge({ users }: Auth, [from, into, flag, ...rest]: readonly string[], print: Print): Promise<void> {
  if (from === undefined || into === undefined || rest.length > 0 || (flag !== undefined && flag !== '--dry-run')) throw new UsageError(USAGE)
  const plan = await users.merge(from, into, { dryRun: flag === '--dry-run' }).catch(asUsage)
  print(`${flag === '--dry-run' ? 'This merge would do' : 'This merge has done'}:\n${JSON.stringify(plan, null, 2)}\n`)
}

async function runErase({ users }: Auth, [uid, flag, ...rest]: readonly string[], print: Print): Promise<void> {
  if (uid === undefined || flag !== '--for-good' || rest.length > 0) throw new UsageError(USAGE)
  const receipt = await users.erase(uid)
  if (!receipt) throw new UsageError(`there is no user ${uid}`)
  print(`${uid} is erased. The receipt:\n${JSON.stringify(receipt, null, 2)}\n`)
}

// What was asked for cannot be done: that is no failure of the program.
function asUsage(error: unknown): never {
  throw isAuthError(error) || error instanceof TypeError ? new UsageError((isAuthError(error) && error.detail) || (error).message) : error
}

/** `tongxing sessions UID`: where a user is logged in. */
export async function runSessions({ users }: Auth, [uid, ...rest]: readonly string[], print: Print): Promise<void> {
  if (uid === undefined || rest.length > 0) throw new UsageError('tongxing sessions UID')
  const sessions = await users.sessions(uid)
  if (sessions.length === 0) return print('No live sessions.\n')
  print(sessions.map(({ sessionId, appid, device, issuedAt, expiresAt }) =>
    `${sessionId}  ${appid}  ${minute(issuedAt)} to ${minute(expiresAt)}  ${device ?? 'device not named'}\n`).join(''))
}

function cardOf({ uid, createdAt, bannedAt, profile, identities }: User): string {
  const lines = [
    ['uid', uid], ['since', minute(createdAt)], ['state', bannedAt === null ? 'active' : `banned ${minute(bannedAt)}`],
    ['nickname', profile?.nickname ?? 'none given'],
    ...identities.map(({ appid, openid, unionid }) => ['identity', `${appid}  ${openid}${unionid === null ? '' : `  unionid ${unionid}`}`]),
  ]
  return lines.map(([name, value]) => `${name!.padEnd(10)}${value}\n`).join('')
}

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
