import type { FaultRule } from '#emulator'
import type { Answer, Changes } from '../back-end.js'
import { demand, demandNoBreak, excerpt, quote } from '../situation.js'
import type { Situation } from '../situation.js'
import { EXCHANGE } from '../stage.js'
import type { Stage } from '../stage.js'
import { same, text } from '../text.js'

const BREAKS = text('任何人发一个畸形请求就能让服务报错，5xx 告警失去意义', 'anybody can break the service with one malformed request, and alarms on 5xx mean nothing')
const REFUSE_BODY = text('解析和校验失败时答 4xx', 'answer 4xx when a body does not parse or does not validate')

const TRACE = /\n\s+at |node_modules|Traceback \(most recent|\.(?:js|ts|java|php|py|go|kt|cs):\d+|Exception in thread|SQLSTATE|ECONNREFUSED|SyntaxError:|TypeError:|undefined method|goroutine \d+|Stack trace/i

/** What comes in over a public address. */
export const httpSituations: readonly Situation[] = [
  bodies('http-bad-json', text('不是 JSON 的正文得到 4xx', 'a body that is no JSON is answered 4xx'), ['{', '{"code":', 'code=x', '<xml/>', '\'', '']),
  bodies('http-not-object', text('JSON 不是对象时得到 4xx', 'JSON that is no object is answered 4xx'), ['null', '1', '"x"', '[]', 'true', '[null]']),
  {
    ...bodies('http-prototype', text('__proto__ 和 constructor 字段不影响后来的请求', '__proto__ and constructor in a body do nothing to later requests'), []), severity: 'error', source: 'CWE-1321',
    why: text('一个请求污染了全局对象，之后所有人的请求都带着攻击者的字段', 'one request pollutes an object that all share, and everybody’s requests carry the attacker’s fields from then on'),
    fix: text('不要把正文深合并进配置或默认值；只挑需要的字段', 'never deep-merge a body into settings or defaults; pick the fields that you need'),
    async run(stage) {
      // Whoever lets people in without a code is told so by code-missing; here it must stay the same person.
      const before = await whoGetsInWithoutCode(stage)
      for (const wrap of ['{"__proto__":INNER}', '{"constructor":{"prototype":INNER}}']) {
        const inner = JSON.stringify({ code: stage.code(stage.person()), openid: 'oPolluted' })
        const { answer } = await stage.login('invented', { fields: JSON.parse(wrap.replace('INNER', inner)) as Record<string, unknown> })
        demandNoBreak(answer)
        const later = await whoGetsInWithoutCode(stage)
        demand(later.user === before.user, text('之后一次没有 code 的登录：', 'a later login without a code:'), later.answer)
      }
    },
  },
  bodies('http-deep-json', text('嵌套 5000 层的 JSON 得到 4xx', 'JSON of 5,000 levels is answered 4xx'), ['{"code":'.repeat(5000) + '1' + '}'.repeat(5000), '['.repeat(50_000)]),
  bodies('http-bad-utf8', text('不是 UTF-8 的正文得到 4xx', 'a body that is no UTF-8 is answered 4xx'), [Buffer.from([0x7b, 0x22, 0x63, 0xff, 0xfe, 0x22, 0x7d]), Buffer.from('{"code":"\xff\xfe"}', 'latin1')]),
  {
    ...bodies('http-huge-body', text('8 MB 的正文被挡下', 'a body of 8 MB is turned away'), []), severity: 'error', source: 'CWE-770; RFC 9110 §15.5.14',
    why: text('几个并发的大请求就能耗尽内存', 'a few large requests at once eat up the memory'),
    fix: text('限制正文大小（登录 16 KB 足够），超过就答 413', 'limit the size of bodies (16 KB will do for a login) and answer 413 beyond it'),
    async run(stage) {
      const { answer } = await stage.login('x'.repeat(8 * 1024 * 1024))
      // A server may close the connection on somebody who keeps on sending.
      const turnedAway = stage.mapping.success === undefined ? answer.status >= 400 && answer.status < 500 : !answer.accepted && answer.status < 500
      demand(answer.lost === undefined ? turnedAway : answer.lost !== 'timeout', answer)
      demand(stage.callsOf(EXCHANGE).length === 0, text('8 MB 的 code 被发给了微信', 'the code of 8 MB was sent to WeChat'))
    },
  },
  {
    id: 'http-wrong-method', severity: 'warning', source: 'OWASP ASVS 4.1.4; RFC 9110 §15.5.6',
    title: text('用错方法的登录被拒绝，且不是 5xx', 'a login by another method is refused, and not with 5xx'),
    why: text('多余的方法绕过限流、日志和防跨站的规则', 'methods that nobody meant walk past limits, logs and CSRF rules'),
    fix: text('只开放登录所用的方法，其余答 405 或 404', 'open the one method, answer 405 or 404 to the others'),
    async run(stage) {
      for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) {
        const { answer, token } = await stage.login(stage.code(stage.person()), { method })
        demand(token === undefined, answer)
        // 501 is what RFC 9110 gives for a method that a server does not know.
        if (answer.status !== 501 && answer.lost === undefined) demandNoBreak(answer)
      }
    },
  },
  {
    id: 'http-error-words', severity: 'error', source: 'OWASP ASVS 16.5.1',
    title: text('错误回答里没有堆栈、路径和 SQL', 'errors tell no stack, path or SQL'),
    why: text('堆栈告诉攻击者用的是什么框架、哪个版本、哪条语句', 'a stack tells attackers which framework, version and statement to aim at'),
    fix: text('错误只回稳定的代码和一句话，细节写日志', 'answer a stable code and one sentence, and write the details to the log'),
    async run(stage) {
      for (const answer of await provokeErrors(stage)) demandNone(answer, TRACE)
    },
  },
  {
    id: 'http-no-store', severity: 'warning', source: 'RFC 9111 §3.5; OWASP ASVS 14.3.2',
    title: text('带令牌和身份的回答不许缓存', 'answers with tokens and identities must not be cached'),
    why: text('中间的缓存会把一个人的身份答给另一个人', 'a cache in between answers one person’s identity to another'),
    fix: text('给登录和用户接口的回答加 Cache-Control: no-store', 'send Cache-Control: no-store with logins and user data'),
    async run(stage) {
      const { answer, token } = await stage.login(stage.code(stage.person()))
      const me = await stage.backEnd.whoIs(token)
      for (const one of [answer, me.answer]) demand(/no-store|private|no-cache/.test(one.headers['cache-control'] ?? ''), text(`${one.asked}：cache-control ${one.headers['cache-control'] ?? '没有'}`, `${one.asked}: cache-control is ${one.headers['cache-control'] ?? 'absent'}`))
    },
  },
  {
    id: 'http-cors', severity: 'error', source: 'OWASP ASVS 3.4.2',
    title: text('不允许任意网站带着凭据调用', 'not every web site may call with credentials'),
    why: text('用户在浏览器里打开恶意网页，网页就能替他调用接口', 'a hostile page in the user’s browser calls the API in his name'),
    fix: text('小程序不需要 CORS：不要回显 Origin，更不要同时允许凭据', 'mini programs need no CORS: do not echo Origin, least of all with credentials'),
    async run(stage) {
      const { token } = await stage.logIn()
      const { answer } = await stage.backEnd.whoIs(token, { headers: { origin: 'https://evil.example' } })
      const allowed = answer.headers['access-control-allow-origin'] === 'https://evil.example' && answer.headers['access-control-allow-credentials'] === 'true'
      demand(!allowed, same('access-control-allow-origin: https://evil.example, access-control-allow-credentials: true'))
    },
  },
]

function bodies(id: string, title: Situation['title'], raws: readonly (string | Buffer)[]): Situation {
  return {
    id, title, severity: 'warning', source: 'RFC 9110 §15.6', why: BREAKS, fix: REFUSE_BODY,
    async run(stage) {
      for (const raw of raws) {
        const { answer, token } = await stage.login('x', { raw })
        const given = quote(raw.toString())
        const to = text(`正文为 ${given}：`, `to the body ${given}:`)
        demand(token === undefined, to, answer)
        demandNoBreak(answer, to)
      }
    },
  }
}

/** Throws Finding when the body matches, and shows that place. */
export function demandNone({ asked, status, text: body }: Answer, telling: RegExp): void {
  const at = body.search(telling)
  demand(at === -1, same(`${asked} → ${status} ${excerpt(body, at)}`))
}

async function whoGetsInWithoutCode(stage: Stage): Promise<{ answer: Answer, user: string | undefined }> {
  const { answer, token } = await stage.login('', { without: 'code' })
  return { answer, user: token === undefined ? undefined : (await stage.backEnd.whoIs(token)).user }
}

/** The errors that a stranger can cause. */
export async function provokeErrors(stage: Stage): Promise<Answer[]> {
  const used = stage.code(stage.person())
  await stage.login(used)
  const logins: [unknown, Changes][] = [[used, {}], ['invented', {}], [{}, {}], ['', {}], ['x', { raw: '{' }], ['x', { raw: 'null' }], ['x', { method: 'PUT' }]]
  const answers: Answer[] = []
  for (const [code, changes] of logins) answers.push((await stage.login(code, changes)).answer)
  for (const rule of [{ html502: true }, { errcode: 40125 }, { drop: true, times: 3 }] satisfies Omit<FaultRule, 'where'>[]) {
    stage.fault({ where: EXCHANGE, ...rule })
    answers.push((await stage.login(stage.code(stage.person()))).answer)
  }
  for (const token of [undefined, 'x', '%%', 'a.b.c']) answers.push((await stage.backEnd.whoIs(token)).answer)
  return answers
}
