import type { FaultRule } from '#emulator'
import { demand, quote } from '../situation.js'
import type { Situation } from '../situation.js'
import { EXCHANGE } from '../stage.js'
import type { Stage } from '../stage.js'
import { text } from '../text.js'

const REFUSE = text('errcode 存在且不为 0（数字或文本）、没有 openid、解析不了，一律按失败处理；不要按 HTTP 状态或 content-type 判断', 'treat as a failure: an errcode that is there and not 0 (number or text), no openid, anything that does not parse; go neither by HTTP status nor by content type')
const NO_LOGIN_HERE = text('微信没有确认身份，后端却给出了会话', 'the back end hands out a session although WeChat has confirmed nobody')
const NO_RETRY = text('请求一旦可能已经发出就不要重发 code；回答失败，让小程序重新 wx.login', 'once a request may have left never send its code again; answer a failure and let the mini program call wx.login anew')
const TWICE = text('code 只能用一次，重发必然得到 40163，还会把已经成功的登录变成失败', 'a code works once: sending it again gives 40163 and turns a login that worked into a failure')

type WechatFault = Omit<FaultRule, 'where'>

const ERRCODES: readonly [number, string, string][] = [
  [-1, '系统繁忙', 'system error'],
  [40001, 'AppSecret 与 access_token 出错', 'invalid credential'],
  [40013, 'AppID 不对', 'invalid appid'],
  [40029, 'code 无效', 'invalid code'],
  [40125, 'AppSecret 不对', 'invalid appsecret'],
  [40163, 'code 已用过', 'code been used'],
  [40164, 'IP 不在白名单', 'IP not in the whitelist'],
  [40226, '高风险用户', 'high-risk user'],
  [41002, '缺 appid', 'appid missing'],
  [41004, '缺 secret', 'appsecret missing'],
  [41008, '缺 code', 'missing code'],
  [45011, '频率限制', 'too many requests per minute'],
]

const BODIES: readonly [string, string, string, { body: string, status?: number }][] = [
  ['html-502', '的网关答 HTML 502', 'answers with a gateway’s HTML 502', { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' }],
  ['html-200', '答状态 200 的 HTML', 'answers with HTML and status 200', { body: '<!doctype html><title>busy</title>' }],
  ['empty', '的回答是空的', 'answers with nothing', { body: '' }],
  ['truncated', '的 JSON 中途断掉', 'answers with JSON that breaks off', { body: '{"session_key":"AAAAAAAAAAAAAAAAAAAAAA==","openid":"oTrunc' }],
  ['null', '答 null', 'answers null', { body: 'null' }],
  ['array', '答数组', 'answers with an array', { body: '[{"openid":"oArray0000000000000000000000"}]' }],
  ['no-openid', '的回答里没有 openid', 'answers without an openid', { body: '{"session_key":"AAAAAAAAAAAAAAAAAAAAAA=="}' }],
  ['empty-openid', '的回答里 openid 是空的', 'answers with an empty openid', { body: '{"session_key":"AAAAAAAAAAAAAAAAAAAAAA==","openid":""}' }],
  ['openid-not-text', '的回答里 openid 不是文本', 'answers with an openid that is no text', { body: '{"session_key":"AAAAAAAAAAAAAAAAAAAAAA==","openid":{"$ne":null}}' }],
  ['errcode-text', '的回答里 errcode 是文本', 'answers with an errcode that is a text', { body: '{"errcode":"40029","errmsg":"invalid code"}' }],
  ['huge', '答 2 MB 的垃圾', 'answers with 2 MB of garbage', { body: 'x'.repeat(2 * 1024 * 1024) }],
]

/** WeChat says no, says nonsense, or says nothing. */
export const wechatSituations: readonly Situation[] = [
  ...ERRCODES.map(([errcode, zh, en]): Situation => answered(`wechat-${errcode === -1 ? 'busy' : errcode}`, `答 ${errcode} ${zh}`, `answers ${errcode} ${en}`, { errcode })),
  ...BODIES.map(([id, zh, en, rule]) => answered(`wechat-${id}`, zh, en, rule)),
  {
    id: 'wechat-quota', severity: 'error', needs: 'two apps', source: 'WeChat: errcode 45009',
    title: text('一个小程序的额度用完（45009）：它的登录被拒绝，另一个小程序照常', 'one app’s quota is used up (45009): its logins are refused, the other app’s go on'),
    why: text('一个小程序出问题，所有小程序跟着停', 'one app’s trouble stops them all'),
    fix: text('按 AppID 隔离连接、限流和熔断；45009 之后过一阵再问', 'keep connections, limits and breakers apart by AppID; after 45009 ask again later'),
    // The second app is used nowhere else: a back end may leave it alone for an hour from here on, also in a later run.
    async run(stage) {
      const { secondApp: { appid } = stage.app } = stage
      stage.fault({ where: EXCHANGE, errcode: 45009, times: 'always', appid })
      for (let tries = 0; tries < 3; tries++) {
        const { answer, token } = await stage.backEnd.login(appid, stage.code(stage.person(), appid))
        demand(token === undefined && answer.status > 0, answer)
        await stage.logIn()
      }
    },
  },
  {
    ...answered('wechat-drop', '断开连接', 'cuts the connection', {}),
    async run(stage) { await demandRefusal(stage, { drop: true, times: 'always' }) },
  },
  {
    id: 'wechat-drop-once', severity: 'error', source: 'WxJava#1323', why: TWICE, fix: NO_RETRY,
    title: text('微信用掉 code 之后连接断开：这个 code 不再发第二次', 'after a connection that broke once the code was used, the code is not sent again'),
    async run(stage) {
      const code = await demandRefusal(stage, { drop: true, after: true })
      demandSentOnce(stage, code)
    },
  },
  {
    id: 'wechat-busy-once', severity: 'warning', source: 'WxJava#458, #1626; EasyAbp/WeChatManagement#16', why: TWICE, fix: NO_RETRY,
    title: text('微信答 -1：这个 code 不再发第二次', 'after errcode -1 the code is not sent again'),
    async run(stage) {
      // Whoever lets the person in all the same is told so by wechat-busy.
      stage.fault({ where: EXCHANGE, errcode: -1, times: 'always' })
      const code = stage.code(stage.person())
      await stage.login(code)
      demandSentOnce(stage, code)
    },
  },
  {
    id: 'wechat-slow', severity: 'error', source: 'casdoor, wafer2: no time-out',
    title: text('微信不回答时，登录在限定时间内失败，其他用户不受影响，code 不重发', 'while WeChat does not answer, a login fails in time, others go on, and the code is not sent again'),
    why: text('没有超时的请求会占满连接和线程，微信一慢，整个后端跟着停', 'calls without a deadline eat up connections and threads: WeChat is slow, and the whole back end stops'),
    fix: text('给微信请求设总超时（例如 2.5 秒）；到点回答 503 或 504，不重发 code', 'give calls to WeChat a deadline in all (2.5 s, say); then answer 503 or 504, and do not send the code again'),
    async run(stage) {
      const { token, user } = await stage.logIn()
      const code = stage.code(stage.person())
      stage.fault({ where: EXCHANGE, delayMs: stage.patienceMs + 1000, times: 'always' })
      const waiting = stage.login(code)
      const other = await stage.backEnd.whoIs(token)
      demand(other.user === user, text('一个登录在等微信时：', 'while a login waited for WeChat:'), other.answer)
      const { answer, token: given } = await waiting
      demand(given === undefined && answer.status > 0, answer, text(`等了 ${stage.patienceMs} 毫秒（--patience）`, `waited ${stage.patienceMs} ms (--patience)`))
      demandSentOnce(stage, code)
    },
  },
]

function answered(id: string, zh: string, en: string, rule: WechatFault): Situation {
  return {
    id, severity: 'error', source: 'WeChat: code2Session, global errcodes', why: NO_LOGIN_HERE, fix: REFUSE,
    title: text(`微信${zh}：登录被拒绝，下一个人照常登录`, `WeChat ${en}: the login is refused and the next one works`),
    async run(stage) { await demandRefusal(stage, { ...rule, times: 'always' }) },
  }
}

async function demandRefusal(stage: Stage, rule: WechatFault): Promise<string> {
  stage.fault({ where: EXCHANGE, ...rule })
  const code = stage.code(stage.person())
  const { answer, token } = await stage.login(code)
  const told = stage.callsOf(EXCHANGE, code).at(-1)?.answer ?? ''
  demand(token === undefined && answer.status > 0, ...told === '' ? [] : [text(`微信的回答是 ${quote(told)}，然后：`, `WeChat’s answer was ${quote(told)}, then:`)], answer)
  demand(stage.callsOf(EXCHANGE, code).length > 0, text('后端没有去问微信：', 'the back end did not ask WeChat:'), answer)
  return code
}

function demandSentOnce(stage: Stage, code: string): void {
  const sent = stage.callsOf(EXCHANGE, code).length
  demand(sent === 1, text(`同一个 code 向微信发了 ${sent} 次`, `one code was sent to WeChat ${sent} times`))
}
