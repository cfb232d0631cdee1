import type { Answer } from '../back-end.js'
import { demand, excerpt, missing } from '../situation.js'
import type { Situation } from '../situation.js'
import type { Stage } from '../stage.js'
import { same, text } from '../text.js'
import { demandNone, provokeErrors } from './http.js'

const DECODED = text('，base64 解码后', ', decoded from base64')
const RID = /rid: ?[0-9a-f]{8}-|hints?: ?\[/

/** What must stand in no answer, whatever was asked. They search every answer of the run, so they come last. */
export const leakSituations: readonly Situation[] = [
  leak('leak-session-key', text('任何回答里都没有 session_key', 'no answer holds a session_key'), (stage) => [...stage.wechat.sessionKeys],
    text('拿到 session_key 就能伪造任何手机号和资料（微信官方安全课程的第一个例子）', 'who has the session_key forges any phone number and profile (the first example of WeChat’s own security course)'),
    text('session_key 只留在服务器：不进回答、不进令牌、不进日志', 'keep session_key on the server: in no answer, no token, no log'), 'WeChat security course; Senparc sample, casdoor'),
  leak('leak-secret', text('任何回答里都没有 AppSecret', 'no answer holds the AppSecret'), (stage) => [stage.app.secret, ...stage.secondApp === undefined ? [] : [stage.secondApp.secret]],
    text('拿到 AppSecret 就能取 access_token，整个小程序都归他', 'the AppSecret buys access_tokens, and with them the whole mini program'),
    text('错误里不要带请求微信的 URL；secret 用专门的类型包起来', 'put no URL of WeChat’s into errors; wrap secrets in a type that refuses to be printed'), 'WxJava#3245; CWE-209'),
  leak('leak-access-token', text('任何回答里都没有 access_token', 'no answer holds an access_token'), (stage) => [...stage.wechat.accessTokens],
    text('拿到 access_token 就能以小程序的名义调用微信的一切接口', 'who has it calls all of WeChat’s API in the name of the mini program'),
    text('access_token 只在服务器内部使用，没有任何路由返回它', 'use access_tokens inside the server only, and let no route return them'), 'WeChat: access_token; OneBlog#43'),
  {
    id: 'leak-wechat-words', severity: 'warning', source: 'OWASP ASVS 16.5.1; WeChat: global errcodes (rid, hints)',
    title: text('不把微信的 errmsg 原样转给小程序', 'WeChat’s errmsg is not passed on to the phone'),
    why: text('errmsg 带着追踪号，文字会变，还可能说出 IP 白名单等配置', 'an errmsg carries trace ids, changes at will, and may tell of your configuration, such as the IP whitelist'),
    fix: text('按 errcode 换成自己的稳定代码；errmsg 写日志', 'turn the errcode into a stable code of your own; write the errmsg to the log'),
    async run(stage) {
      await provoke(stage)
      for (const answer of stage.backEnd.answers) demandNone(answer, RID)
    },
  },
]

function leak(id: string, title: Situation['title'], secretsOf: (stage: Stage) => string[], why: Situation['why'], fix: Situation['fix'], source: string): Situation {
  return {
    id, title, why, fix, source, severity: 'critical',
    ...id === 'leak-access-token' && { needs: 'phone' as const },
    async run(stage) {
      await provoke(stage)
      const placeIn = searchFor(secretsOf(stage).flatMap(spellingsOf))
      for (const answer of stage.backEnd.answers) {
        const { whole, inner } = unfoldedOf(answer)
        for (const [searched, where] of [[inner, DECODED], [whole, same('')]] as const) {
          const at = placeIn(searched)
          demand(at === -1, text(`${answer.asked} → ${answer.status}${where.zh} ${excerpt(searched, at)}`, `${answer.asked} → ${answer.status}${where.en} ${excerpt(searched, at)}`))
        }
      }
    },
  }
}

async function provoke(stage: Stage): Promise<void> {
  const { person, token } = await stage.logIn()
  await provokeErrors(stage)
  if (missing('phone', stage.mapping) === undefined) {
    for (const code of [stage.phoneCode(person), 'invented']) await stage.sendPhone(token, code)
  }
  if (stage.mapping.profile !== undefined) {
    await stage.sendProfile(token, stage.profileOf(person))
    await stage.sendProfile(token, { ...stage.profileOf(person), signature: 'x', encryptedData: 'x', iv: 'x' })
  }
}

function spellingsOf(secret: string): string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('hex'), Buffer.from(secret, 'base64').toString('hex')].filter((spelling) => spelling.length >= 16)
}

const PREFIX = 8

// Thousands of answers times thousands of spellings: a look at each place of a text, by prefix, in place of a search for each spelling.
function searchFor(spellings: readonly string[]): (searched: string) => number {
  const byPrefix = new Map<string, string[]>()
  for (const spelling of spellings) byPrefix.set(spelling.slice(0, PREFIX), [...byPrefix.get(spelling.slice(0, PREFIX)) ?? [], spelling])
  return (searched) => {
    for (let at = 0; at + PREFIX <= searched.length; at++) {
      const candidates = byPrefix.get(searched.slice(at, at + PREFIX))
      if (candidates?.some((spelling) => searched.startsWith(spelling, at))) return at
    }
    return -1
  }
}

// Headers and body, with PHP's \/ undone, and whatever is readable inside of tokens.
function unfoldedOf({ headers, text: body }: Answer): { whole: string, inner: string } {
  const whole = `${JSON.stringify(headers)}${body}`.replaceAll('\\/', '/')
  const inner = [...whole.matchAll(/[\w-]{16,}/g)].map(([segment]) => Buffer.from(segment, 'base64url').toString('latin1').replaceAll('\\/', '/'))
  return { whole, inner: inner.join('\n') }
}
