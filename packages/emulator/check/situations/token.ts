import { createHash, createHmac } from 'node:crypto'
import { demand, quote } from '../situation.js'
import type { Situation } from '../situation.js'
import type { Stage } from '../stage.js'
import { text } from '../text.js'

const FORGED = text('任何人都可以冒充任何用户', 'anybody can pass for anybody')
const VERIFY = text('验证令牌的完整签名（或查表比对），只接受你自己签发时的那一种算法和写法', 'verify the whole signature (or look the token up), and accept only the algorithm and spelling that you issue yourself')
const RANDOM = text('令牌用 128 位以上的安全随机数，或用足够长的随机密钥签名、加密', 'make tokens of at least 128 random bits, or sign or seal them with a long random key')

/** Secrets that tutorials, samples and tired people use. */
const WEAK = ['secret', 'Secret', 'SECRET', 'a secret string of some length', 'your-256-bit-secret', 'your_jwt_secret', 'your-secret-key', 'jwt-secret', 'jwt_secret', 'mysecret', 'my-secret', 'key', 'token', 'password', '123456', '12345678', 'admin', 'test', 'wechat', 'weixin', 'miniprogram', 'changeme', 'change-me', 'shhhhh', 'keyboard cat', '']

/** Tokens that must open nothing. */
export const tokenSituations: readonly Situation[] = [
  shut('token-none', text('没有令牌进不了受保护的接口', 'the protected route refuses a request without a token'), async (stage) => {
    await stage.logIn()
    const { answer, user } = await stage.backEnd.whoIs(undefined)
    demand(user === undefined && answer.status > 0, answer)
  }),
  shut('token-empty', text('空令牌和占位文本被拒绝', 'empty tokens and placeholders are refused'), (stage) => demandShutToStrangers(stage, ['', ' ', 'undefined', 'null', '[object Object]', '0', 'true'])),
  shut('token-invented', text('编造的令牌被拒绝', 'invented tokens are refused'), (stage) => demandShutToStrangers(stage, ['x', 'a'.repeat(32), '0'.repeat(64), 'AAAA.BBBB.CCCC', Buffer.alloc(48, 65).toString('base64url'), '1', 'admin'])),
  shut('token-mutated', text('改动一个字符的令牌被拒绝', 'a token with one character changed is refused'), async (stage) => {
    const { token } = await stage.logIn()
    await demandShut(stage, mutationsOf(token))
  }, 'RFC 8725 §3.3'),
  shut('token-truncated', text('截短的令牌被拒绝', 'a truncated token is refused'), async (stage) => {
    const { token } = await stage.logIn()
    await demandShut(stage, [token.slice(0, -1), token.slice(0, -4), token.slice(0, token.length >> 1), token.slice(1), ...token.includes('.') ? [token.slice(0, token.lastIndexOf('.') + 1), token.slice(0, token.lastIndexOf('.'))] : []])
  }, 'RFC 8725 §3.3'),
  shut('token-extended', text('加长的令牌被拒绝', 'a token with something appended is refused'), async (stage) => {
    const { token } = await stage.logIn()
    await demandShut(stage, [`${token}A`, `${token}.x`, `${token},${token}`, `x${token}`, token + token])
  }, 'RFC 8725 §3.3'),
  {
    id: 'token-spelling', severity: 'warning', source: 'RFC 4648 §3.5; Node, PHP and others decode base64 leniently',
    title: text('一个令牌只有一种写法', 'a token has one spelling only'),
    why: text('同一会话有多种写法，按令牌文本做的作废名单和缓存就能绕过', 'a session with several spellings walks past block lists and caches that go by the text of the token'),
    fix: text('解码后重新编码，必须与原文相同', 'decode, encode again, and demand the same text'),
    async run(stage) {
      const { token } = await stage.logIn()
      await demandShut(stage, [`${token}=`, `${token}==`, ...spareBitsOf(token), token.replaceAll('-', '+').replaceAll('_', '/')].filter((spelling) => spelling !== token))
    },
  },
  shut('token-jwt-none', text('alg:none 的 JWT 被拒绝', 'a JWT with alg none is refused'), async (stage) => {
    const { token, user } = await stage.logIn()
    const claims = claimsOf(token) ?? guessedClaims(user, stage.lastOpenid())
    await demandShut(stage, ['none', 'None', 'NONE'].map((alg) => `${encode({ alg, typ: 'JWT' })}.${encode(claims)}.`))
  }, 'RFC 8725 §3.1'),
  {
    ...shut('token-jwt-weak-secret', text('猜不到 JWT 的密钥', 'the secret of a JWT cannot be guessed'), async (stage) => {
      const { token, user } = await stage.logIn()
      const claims = claimsOf(token) ?? guessedClaims(user, stage.lastOpenid())
      const guesses = [...WEAK, stage.app.appid, stage.app.secret, stage.lastSessionKey()]
      demand(!guesses.some((secret) => signsLike(token, secret)), text('JWT 的密钥在任何一份弱口令表里都有', 'the secret of the JWT is in every word list'))
      await demandShut(stage, guesses.slice(0, 3).map((secret) => jwt(claims, secret)))
    }, 'RFC 8725 §3.5'),
    fix: RANDOM,
  },
  {
    ...shut('token-is-openid', text('令牌不是 openid、unionid 或用户编号', 'the token is not the openid, the unionid or the user’s id'), async (stage) => {
      const { token, user } = await stage.logIn()
      const plain = [stage.lastOpenid(), user]
      demand(!plain.some((id) => [id, Buffer.from(id).toString('base64'), Buffer.from(id).toString('base64url'), Buffer.from(id).toString('hex')].includes(token)), text(`令牌是 ${token}`, `the token is ${token}`))
      await demandShut(stage, plain.filter((id) => id.length > 0))
    }, 'litemall WxAuthController (openid as password)'),
    fix: RANDOM,
  },
  {
    ...shut('token-from-session-key', text('令牌不是由 session_key 或 openid 算出来的', 'the token is not computed from session_key or openid'), async (stage) => {
      const { token } = await stage.logIn()
      const [key, openid] = [stage.lastSessionKey(), stage.lastOpenid()]
      const inputs = [key, openid, openid + key, key + openid, `${openid}:${key}`, `${openid}${stage.app.secret}`, `${stage.app.appid}${openid}`]
      const derived = inputs.flatMap((input) => ['md5', 'sha1', 'sha256'].flatMap((hash) => (['hex', 'base64', 'base64url'] as const).map((form) => createHash(hash).update(input).digest(form))))
      demand(!derived.some((guess) => token.toLowerCase() === guess.toLowerCase()), text('令牌是 session_key 或 openid 的散列', 'the token is a hash of session_key or openid'))
    }, 'wafer2-node-sdk: sha1(session_key)'),
    fix: RANDOM,
  },
  {
    ...shut('token-short', text('令牌足够长，猜不到', 'the token is too long to guess'), async (stage) => {
      const tokens = [(await stage.logIn()).token, (await stage.logIn()).token]
      demand(tokens.every((token) => token.length >= 22 && new Set(token).size > 8), text(`令牌如 ${tokens[0]} 和 ${tokens[1]}`, `tokens such as ${tokens[0]} and ${tokens[1]}`))
      demand(!tokens.every((token) => /^\d+$/.test(token)), text(`令牌是数字：${tokens[0]}`, `tokens are numbers: ${tokens[0]}`))
    }, 'OWASP ASVS 7.2.3'),
    fix: RANDOM,
  },
  {
    id: 'token-in-url', severity: 'error', source: 'OWASP ASVS 14.2.1; RFC 6750 §5.3',
    title: text('URL 里的令牌不起作用', 'a token in the URL opens nothing'),
    why: text('URL 会进入日志和 Referer，令牌跟着泄漏', 'URLs end up in logs and Referer headers, and the token with them'),
    fix: text('只从请求头读令牌', 'read the token from a header only'),
    async run(stage) {
      const { token } = await stage.logIn()
      for (const name of ['token', 'access_token', 'skey', 'sessionid', 'session', 'Authorization']) {
        const { answer, user } = await stage.backEnd.whoIs(undefined, { query: { [name]: token } })
        demand(user === undefined, text(`带上 ?${name}=<令牌>：`, `with ?${name}=<token>:`), answer)
      }
    },
  },
  {
    id: 'token-odd-header', severity: 'error', source: 'next-auth GHSA-xmf8-cvqr-rfgj',
    title: text('写坏的令牌头得到 4xx，不是 5xx', 'a broken token header is answered 4xx, not 5xx'),
    why: text('一个畸形的请求头就能让服务报错或崩溃', 'one malformed header breaks or crashes the service'),
    fix: text('解析失败就当作没有登录；不要对令牌做 decodeURIComponent', 'treat what does not parse as not logged in; never decodeURIComponent a token'),
    async run(stage) {
      for (const token of ['%%', '%', '%E0%A4%A', '{}', 'Bearer', 'Bearer Bearer x', 'a,b', 'é', '..', '.'.repeat(50), '__proto__', 'x'.repeat(6000)]) {
        const { answer, user } = await stage.backEnd.whoIs(token)
        demand(user === undefined && answer.status > 0 && answer.status < 500, text(`令牌头 ${quote(token)}：`, `with the token ${quote(token)}:`), answer)
      }
    },
  },
  {
    id: 'token-login-fixation', severity: 'critical', source: 'OWASP ASVS 7.2.4; CVE-2026-7507',
    title: text('登录时带着别人的令牌，得到的仍是自己的新会话', 'a login that carries somebody else’s token still gives a new session of one’s own'),
    why: text('攻击者把自己的会话塞给受害者，或者接管受害者的会话', 'an attacker plants his session on a victim, or takes over the victim’s'),
    fix: text('登录接口忽略请求里的令牌，总是签发新的', 'let the login ignore any token in the request, and always issue a new one'),
    async run(stage) {
      const [victim, me] = [await stage.logIn(), await stage.logIn()]
      const { answer, token } = await stage.login(stage.code(me.person), { token: victim.token })
      demand(token !== undefined && token !== victim.token, answer)
      const [mine, theirs] = [await stage.backEnd.whoIs(token), await stage.backEnd.whoIs(victim.token)]
      demand(mine.user === me.user, mine.answer, text(`应是 ${me.user}`, `expected ${me.user}`))
      demand(theirs.user === victim.user, text('另一个会话：', 'the other session:'), theirs.answer)
    },
  },
]

function shut(id: string, title: Situation['title'], run: Situation['run'], source = 'RFC 6750'): Situation {
  return { id, title, run, source, severity: 'critical', why: FORGED, fix: VERIFY }
}

// Somebody is logged in: a back end that lets strangers in must have somebody to take them for.
async function demandShutToStrangers(stage: Stage, tokens: readonly string[]): Promise<void> {
  await stage.logIn()
  await demandShut(stage, tokens)
}

async function demandShut(stage: Stage, tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    const { answer, user } = await stage.backEnd.whoIs(token)
    demand(user === undefined && answer.status > 0, text(`令牌 ${quote(token)}：`, `with the token ${quote(token)}:`), answer)
  }
}

// Not the last character: of base64 it may carry unused bits, which is token-spelling's concern.
function mutationsOf(token: string): string[] {
  const places = [0, 1, token.length >> 2, token.length >> 1, (token.length * 3) >> 2, token.length - 2]
  const swap = (char: string) => /[a-z]/.test(char) ? char.toUpperCase() : char === 'A' ? 'B' : char === '0' ? '1' : /[A-Z]/.test(char) ? char.toLowerCase() : '0'
  const next = (char: string) => /[A-Za-y0-8]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 1) : char
  const changed = places.flatMap((at) => [swap, next].map((change) => token.slice(0, at) + change(token.charAt(at)) + token.slice(at + 1)))
  return [...new Set(changed)].filter((mutation) => mutation !== token)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

// The other last characters that lenient decoders read as the same bytes.
function spareBitsOf(token: string): string[] {
  const bytes = Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url')
  return [...ALPHABET].map((last) => token.slice(0, -1) + last).filter((other) => Buffer.from(other.slice(other.lastIndexOf('.') + 1), 'base64url').equals(bytes)).slice(0, 4)
}

function claimsOf(token: string): Record<string, unknown> | undefined {
  try {
    const [, claims = ''] = token.split('.')
    const parsed: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString())
    return typeof parsed === 'object' && parsed !== null ? parsed as Record<string, unknown> : undefined
  } catch {
    return undefined // no JWT
  }
}

const guessedClaims = (user: string, openid: string) => ({ id: user, uid: user, userId: user, user_id: user, sub: user, openid, exp: Math.floor(Date.now() / 1000) + 3600 })

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function jwt(claims: object, secret: string): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

function signsLike(token: string, secret: string): boolean {
  const end = token.lastIndexOf('.')
  return end > 0 && ['sha256', 'sha384', 'sha512'].some((hash) => createHmac(hash, secret).update(token.slice(0, end)).digest('base64url') === token.slice(end + 1))
}
