import type { Auth, User } from '../index.js'
import { UsageError } from './usage.js'

type Print = (text: string) => void

const USAGE = 'tongxing users show UID | ban UID | unban UID | end-sessions UID'

/** `tongxing users …` */
export async function runUsers({ users }: Auth, [verb, uid, ...rest]: readonly string[], print: Print): Promise<void> {
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
