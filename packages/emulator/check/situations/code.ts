import { demand, demandOneUser, quote } from '../situation.js'
import type { Situation } from '../situation.js'
import { EXCHANGE } from '../stage.js'
import type { Stage } from '../stage.js'
import { text } from '../text.js'

const STRANGER = text('别人可以用不属于自己的凭据登录', 'somebody logs in with a credential that is not his')
const ASK_WECHAT = text('每个 code 都交给微信，微信说不行就是不行：errcode 存在且不为 0，或者没有 openid，都拒绝', 'give every code to WeChat and believe its no: refuse when errcode is there and not 0, and when there is no openid')
const CHECK_SHAPE = text('先检查 code 是不是 1 到 256 个 A–Z a–z 0–9 - _ 的文本，再去问微信；拼 URL 一律用编码函数', 'check that a code is a text of 1 to 256 A–Z a–z 0–9 - _ before asking WeChat; build URLs with an encoder only')

/** Codes that must not log anybody in. */
export const codeSituations: readonly Situation[] = [
  {
    id: 'code-used-twice', severity: 'critical', source: 'WeChat: errcode 40163; better-auth GHSA-7w99-5wm4-3g79',
    title: text('用过的 code 不能再登录', 'a code that was used does not log in again'),
    why: text('日志、代理里抄到的 code 可以再换一次会话', 'a code copied from a log or a proxy buys a second session'),
    fix: text('微信答 40163 就拒绝，让小程序重新 wx.login；不要缓存 code 换来的结果', 'when WeChat says 40163 refuse, and let the mini program call wx.login again; do not keep the result of a code'),
    async run(stage) {
      const code = stage.code(stage.person())
      demand((await stage.login(code)).token !== undefined, text('第一次使用就被拒绝', 'the first use was refused'))
      await demandRefused(stage, code)
    },
  },
  {
    id: 'code-parallel', severity: 'error', source: 'WxJava#1323, #458',
    title: text('同一个 code 同时来 50 次：至多一个用户，且没有 5xx', '50 requests with one code at once: one user at most, and no 5xx'),
    why: text('双击和网关重试会带着同一个 code 再来一次', 'double taps and retries of gateways send one code again'),
    fix: text('同一个 code 的并发请求合并为一次交换；其余的回答 4xx', 'share one exchange between requests with the same code; answer the others 4xx'),
    async run(stage) {
      const code = stage.code(stage.person())
      const logins = await Promise.all(Array.from({ length: 50 }, () => stage.login(code)))
      const broken = logins.find(({ answer }) => answer.status === 0 || answer.status >= 500)
      demand(broken === undefined, ...broken === undefined ? [] : [broken.answer])
      const users = await Promise.all(logins.flatMap(({ token }) => token === undefined ? [] : [stage.backEnd.whoIs(token)]))
      demand(users.length > 0, text('50 个请求没有一个登录成功：', 'none of 50 requests logged in:'), ...logins.slice(0, 1).map(({ answer }) => answer))
      demandOneUser(users, (count) => text(`同一个 code 的 50 个请求得到 ${count} 个用户`, `50 requests with one code gave ${count} users`))
    },
  },
  refusal('code-other-app', text('别的小程序的 code 不能登录', 'a code of another mini program does not log in'), (stage) => stage.code(stage.person(), stage.foreignApp.appid), 'WeChat: code2Session; parse-server Adapters/Auth/wechat.js'),
  {
    ...refusal('code-cross-app', text('小程序甲的 code 不能在小程序乙登录', 'a code of app A does not log in to app B'), () => '', 'WeChat: code2Session'),
    needs: 'two apps',
    async run(stage) {
      const { token, answer } = await stage.backEnd.login(stage.app.appid, stage.code(stage.person(), stage.secondApp?.appid))
      demand(token === undefined, answer)
    },
  },
  refusal('code-invented', text('编造的 code 不能登录', 'an invented code does not log in'), () => '0123456789abcdefghijABCDEFGHIJ00', 'WeChat: errcode 40029'),
  refusal('code-phone', text('手机号按钮的 code 不能拿来登录', 'the code of the phone button does not log in'), (stage) => stage.phoneCode(stage.person()), 'WeChat: getPhoneNumber (the two codes differ)'),
  {
    ...refusal('code-openid', text('拿别人的 openid 当 code 不能登录', 'an openid in place of a code does not log in'), () => '', 'litemall WxAuthController (openid as password)'),
    async run(stage) {
      await stage.logIn()
      await demandRefused(stage, stage.lastOpenid())
    },
  },
  {
    ...refusal('code-expired', text('超过 5 分钟的 code 不能登录', 'a code older than 5 minutes does not log in'), () => '', 'WeChat: wx.login'),
    async run(stage) {
      const code = stage.code(stage.person())
      stage.shiftClock(5 * 60_000 + 1000)
      await demandRefused(stage, code)
    },
  },
  {
    ...hostile('code-missing', text('没有 code 的请求被拒绝', 'a request without a code is refused'), () => []),
    async run(stage) {
      const { answer, token } = await stage.login('', { without: 'code' })
      demand(token === undefined && answer.status > 0, answer)
    },
  },
  hostile('code-empty', text('空的 code 被拒绝', 'an empty code is refused'), () => ['', ' ']),
  hostile('code-not-text', text('不是文本的 code 被拒绝', 'a code that is no text is refused'), () => [0, 1, true, null, [], ['a'], {}, { $ne: null }, { length: 32 }]),
  hostile('code-huge', text('10 万字符的 code 被拒绝', 'a code of 100,000 characters is refused'), () => ['x'.repeat(100_000)]),
  hostile('code-odd-characters', text('含控制字符、换行、表情的 code 被拒绝', 'codes with control characters, line ends or emoji are refused'), () => ['\0', 'a\r\nHost: evil', '登录', '😀', '\ud800', '%00', '%zz', '../../x', '\'; drop table users; --', '${7*7}']),
  hostile('code-mock', text('开发者工具的假 code 和变量没填好的 code 被拒绝', 'the mock code of DevTools, "undefined" and "null" are refused'), () => ['the code is a mock one', 'undefined', 'null', '[object Object]', 'NaN', 'dev', 'test']),
  {
    id: 'code-injection', severity: 'critical', source: 'casdoor, silenceper/wechat; OWASP ASVS 1.2.2',
    title: text('code 里的 & 和 = 不会变成微信请求的参数', 'an & or = in a code never becomes a parameter of WeChat’s request'),
    why: text('攻击者用 code=x&appid=… 替换掉你的 appid 和 secret，用他自己的小程序登录成任何人', 'with code=x&appid=… an attacker swaps in an AppID and secret of his own, and logs in as anybody'), fix: CHECK_SHAPE,
    async run(stage) {
      const { appid, secret } = stage.foreignApp
      const code = stage.code(stage.person(), appid)
      for (const tail of [`&appid=${appid}&secret=${secret}`, `#&appid=${appid}`, '?grant_type=x', '%26appid=x', ';appid=x']) {
        await demandRefused(stage, code + tail)
      }
      for (const { query } of stage.callsOf(EXCHANGE)) {
        const sent = new URLSearchParams(query)
        const twice = ['appid', 'secret', 'js_code', 'grant_type'].filter((name) => sent.getAll(name).length !== 1)
        demand(twice.length === 0 && sent.get('appid') === stage.app.appid, text(`微信收到的参数是 ${[...sent.keys()].join('、')}，appid=${sent.getAll('appid').join('、')}`, `WeChat was asked with ${[...sent.keys()].join(', ')}, appid=${sent.getAll('appid').join(', ')}`))
      }
    },
  },
  {
    id: 'code-by-get', severity: 'warning', source: 'OWASP ASVS 14.2.1',
    title: text('code 不放在 URL 里', 'the code does not travel in a URL'),
    why: text('URL 会进入访问日志、代理日志和 Referer', 'URLs end up in access logs, proxies and Referer headers'),
    fix: text('登录只接受 POST，code 放在正文', 'take the login by POST only, the code in the body'),
    async run(stage) {
      const code = stage.code(stage.person())
      const { answer, token } = await stage.login(code, { method: 'GET', query: { code, appid: stage.app.appid } })
      demand(token === undefined, answer)
    },
  },
  {
    id: 'code-refusal-status', severity: 'warning', source: 'RFC 9110 §15.6',
    title: text('坏 code 的回答不是 5xx', 'a bad code is not answered 5xx'),
    why: text('用户的错误触发了服务器告警，网关还会把 5xx 重试一遍', 'a user’s mistake wakes the operator, and gateways retry a 5xx'),
    fix: text('40029、40163 和格式不对的 code 答 4xx', 'answer 4xx to 40029, 40163 and malformed codes'),
    async run(stage) {
      const used = stage.code(stage.person())
      await stage.login(used)
      for (const code of [used, 'invented', '', 1]) {
        const { answer } = await stage.login(code)
        demand(answer.status > 0 && answer.status < 500, answer)
      }
    },
  },
]

function refusal(id: string, title: Situation['title'], code: (stage: Stage) => string, source: string): Situation {
  return { id, title, source, severity: 'critical', why: STRANGER, fix: ASK_WECHAT, run: async (stage) => demandRefused(stage, code(stage)) }
}

function hostile(id: string, title: Situation['title'], codes: () => unknown[]): Situation {
  return {
    id, title, severity: 'error', source: 'OWASP ASVS 2.2.1', fix: CHECK_SHAPE,
    why: text('没有检查的输入会带来后门、崩溃或注入', 'input that nobody checks brings back doors, crashes or injection'),
    async run(stage) {
      for (const code of codes()) await demandRefused(stage, code)
    },
  }
}

async function demandRefused(stage: Stage, code: unknown): Promise<void> {
  const { answer, token } = await stage.login(code)
  const given = quote(JSON.stringify(code))
  demand(token === undefined && answer.status > 0, text(`code 为 ${given}：`, `with the code ${given}:`), answer)
}
