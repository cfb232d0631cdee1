import { demand, demandHonest, demandNoBreak, quote } from '../situation.js'
import type { Situation } from '../situation.js'
import { EXCHANGE } from '../stage.js'
import type { Stage } from '../stage.js'
import { text } from '../text.js'

const NUMBER_PATH = '/wxa/business/getuserphonenumber'
const TOKEN_PATHS = ['/cgi-bin/stable_token', '/cgi-bin/token'] as const
const FALSE_NUMBER = text('用户可以绑定不属于自己的手机号；手机号常常就是账号', 'users bind numbers that are not theirs; a phone number often is the account')
const BELIEVE_WECHAT = text('手机号只取微信 getuserphonenumber 的回答；errcode 不为 0 就拒绝', 'take the number from WeChat’s getuserphonenumber alone; refuse when its errcode is not 0')
const ONE_TOKEN = text('用 stable_token，进程内合并并发的获取，多进程共享；到期前换新', 'use stable_token, fetch it once for all callers of a process, share it between processes, and renew it before it ends')

/** The phone button. */
export const phoneSituations: readonly Situation[] = [
  // First of all: nobody has needed an access_token so far.
  {
    id: 'phone-cold', severity: 'error', needs: 'phone', source: 'WeChat: stable_token; node-easywechat (50 tokens from 50 cold calls)',
    title: text('50 个人同时授权手机号，access_token 只取一次', '50 people give their number at once: one access_token is fetched'),
    why: text('每取一次新的，先前的就开始失效：并发越高越容易出现 40001；每天的次数也有限', 'each new token starts to end the one before, so load brings 40001; and there is a daily limit'), fix: ONE_TOKEN,
    async run(stage) {
      const people = await Promise.all(Array.from({ length: 50 }, () => stage.logIn()))
      const answers = await Promise.all(people.map(({ person, token }) => stage.sendPhone(token, stage.phoneCode(person))))
      const refused = answers.find(({ accepted }) => !accepted)
      demand(refused === undefined, ...refused === undefined ? [] : [refused])
      demand(fetchedTokens(stage) <= 1, text(`50 次调用取了 ${fetchedTokens(stage)} 次 access_token`, `50 calls fetched ${fetchedTokens(stage)} access_tokens`))
    },
  },
  {
    id: 'phone-honest', severity: 'error', needs: 'phone', gate: true, source: 'WeChat: getuserphonenumber',
    title: text('用户授权的手机号被接受', 'a number that the user gave is accepted'),
    why: text('正常用户无法绑定手机号', 'honest users cannot bind their number'), fix: BELIEVE_WECHAT,
    async run(stage) {
      const { person, token } = await stage.logIn()
      demandHonest(await stage.sendPhone(token, stage.phoneCode(person)), 'phone')
    },
  },
  {
    id: 'phone-no-token', severity: 'critical', needs: 'phone', source: 'RFC 6750',
    title: text('没有令牌不能绑定手机号', 'no number without a token'), why: FALSE_NUMBER,
    fix: text('手机号接口先验令牌', 'let the phone route check the token first'),
    async run(stage) {
      const answer = await stage.sendPhone(undefined, stage.phoneCode(stage.person()))
      demand(!answer.accepted && answer.status > 0, answer)
    },
  },
  // By somebody else: the same user's second try may well be given what was paid for the first time.
  refusedCode('phone-used-twice', text('别人用过的手机号 code 被拒绝', 'a phone code that somebody else has used is refused'), async (stage) => {
    const owner = await stage.logIn()
    const code = stage.phoneCode(owner.person)
    const first = await stage.sendPhone(owner.token, code)
    demand(first.accepted, text('第一次使用：', 'the first use:'), first)
    return code
  }),
  refusedCode('phone-invented', text('编造的手机号 code 被拒绝', 'an invented phone code is refused'), () => 'f'.repeat(64)),
  refusedCode('phone-other-app', text('别的小程序的手机号 code 被拒绝', 'a phone code of another app is refused'), (stage, { person }) => stage.phoneCode(person, stage.foreignApp.appid)),
  refusedCode('phone-login-code', text('wx.login 的 code 不能当手机号 code', 'a code of wx.login is no phone code'), (stage, { person }) => stage.code(person)),
  refusedCode('phone-expired', text('超过 5 分钟的手机号 code 被拒绝', 'a phone code older than 5 minutes is refused'), (stage, { person }) => {
    const code = stage.phoneCode(person)
    stage.shiftClock(5 * 60_000 + 1000)
    return code
  }),
  {
    ...refusedCode('phone-from-body', text('正文里的 phoneNumber 不起作用', 'a phoneNumber in the body changes nothing'), () => ''), severity: 'critical', source: 'WeChat: getuserphonenumber; CWE-345',
    async run(stage) {
      const { token } = await stage.logIn()
      const number = '13900139000'
      const fields = { phoneNumber: number, purePhoneNumber: number, phone: number, mobile: number, phone_info: { phoneNumber: number, purePhoneNumber: number, countryCode: '86' } }
      const answer = await stage.sendPhone(token, 'f'.repeat(64), { fields })
      demand(!answer.accepted, answer)
      const bare = await stage.sendPhone(token, '', { without: 'code', fields })
      demand(!bare.accepted, bare)
    },
  },
  {
    id: 'phone-bad-code', severity: 'warning', needs: 'phone', source: 'RFC 9110 §15.6',
    title: text('坏的手机号 code 得到 4xx，不是 5xx', 'a bad phone code is answered 4xx, not 5xx'),
    why: text('用户的错误触发服务器告警', 'a user’s mistake wakes the operator'),
    fix: text('先检查 code 是不是文本；40029 答 4xx', 'check that the code is a text; answer 4xx to 40029'),
    async run(stage) {
      const { token } = await stage.logIn()
      for (const code of ['', 1, null, {}, [], 'x'.repeat(20_000), '\0']) demandNoBreak(await stage.sendPhone(token, code), text(`code 为 ${quote(JSON.stringify(code))}：`, `to the code ${quote(JSON.stringify(code))}:`))
    },
  },
  ...([
    ['phone-busy', text('微信答 -1 时拒绝', 'errcode -1 is a refusal'), { errcode: -1 }],
    ['phone-html', text('微信答 HTML 502 时拒绝', 'a gateway’s HTML 502 is a refusal'), { html502: true }],
    ['phone-no-number', text('微信的回答里没有号码时拒绝', 'an answer without a number is a refusal'), { body: '{"errcode":0,"errmsg":"ok"}' }],
    ['phone-drop', text('连接断开时拒绝', 'a cut connection is a refusal'), { drop: true }],
  ] as const).map(([id, title, rule]): Situation => ({
    ...refusedCode(id, title, (stage, { person }) => {
      stage.fault({ where: NUMBER_PATH, times: 'always', ...rule })
      return stage.phoneCode(person)
    }), source: 'WeChat: getuserphonenumber, global errcodes',
  })),
]

/** access_token: the oldest production bug of WeChat back ends. */
export const accessTokenSituations: readonly Situation[] = [
  ...([[40001, 'access-token-40001'], [42001, 'access-token-42001'], [40014, 'access-token-40014']] as const).map(([errcode, id]): Situation => ({
    id, severity: 'error', needs: 'phone', source: 'WxJava#1300, silenceper/wechat#870, easywechat#2759',
    title: text(`微信说 access_token 作废（${errcode}）：换一次新的并重试，用户没有感觉`, `WeChat refuses the access_token (${errcode}): one new token, one retry, and the user notices nothing`),
    why: text('别的环境取了新的 access_token，你手里的就提前作废：手机号授权一直失败到过期为止', 'some other environment fetched a token and ended yours: the phone button fails until yours would have expired'),
    fix: text('遇到 40001、40014、42001 就只作废这一个令牌，取新的，重试一次', 'at 40001, 40014 and 42001 forget this one token, fetch a new one, and try once more'),
    async run(stage) {
      const { person, token } = await stage.logIn()
      stage.fault({ where: NUMBER_PATH, errcode })
      const answer = await stage.sendPhone(token, stage.phoneCode(person))
      demand(answer.accepted, answer)
    },
  })),
  {
    id: 'access-token-loop', severity: 'error', needs: 'phone', source: 'wechatpy (unbounded recursion)',
    title: text('access_token 一直被拒绝时，重试有上限', 'when WeChat refuses every access_token the retries end'),
    why: text('一直重试会用光当天的额度，还会占住请求', 'retries without end burn the day’s quota and hold on to the request'),
    fix: text('每个请求至多重试一次', 'retry once a request'),
    async run(stage) {
      const { person, token } = await stage.logIn()
      stage.fault({ where: NUMBER_PATH, errcode: 40001, times: 'always' })
      const answer = await stage.sendPhone(token, stage.phoneCode(person))
      demand(!answer.accepted && answer.status > 0, answer)
      demand(stage.callsOf(NUMBER_PATH).length <= 3, text(`一个请求调用了微信 ${stage.callsOf(NUMBER_PATH).length} 次`, `one request called WeChat ${stage.callsOf(NUMBER_PATH).length} times`))
    },
  },
  {
    id: 'access-token-down', severity: 'error', needs: 'phone', source: 'WxJava#458, PowerWeChat#304',
    title: text('取不到 access_token 时，登录照常', 'login works while no access_token can be had'),
    why: text('登录不需要 access_token；绑在一起，别的接口的额度和白名单就能让登录停摆', 'a login needs no access_token; tied together, quota and whitelist of other APIs stop the login'),
    fix: text('登录只调 jscode2session，不先取 access_token', 'let the login call jscode2session alone, and fetch no access_token first'),
    async run(stage) {
      const [first] = stage.firstLoginCalled
      demand(first === EXCHANGE, text(`第一次登录先调用了 ${first}，然后才换 code`, `the first login called ${first} before it exchanged the code`))
      for (const where of TOKEN_PATHS) stage.fault({ where, errcode: -1, times: 'always' })
      await stage.logIn()
    },
  },
  {
    id: 'access-token-by-login', severity: 'warning', source: 'WxJava#458, PowerWeChat#304',
    title: text('登录一次只问微信一次', 'a login asks WeChat once'),
    why: text('多余的调用拖慢登录，还占用别的接口的额度', 'other calls slow the login down and use up the quota of other APIs'),
    fix: text('登录只调 jscode2session', 'let the login call jscode2session alone'),
    async run(stage) {
      const cold = stage.firstLoginCalled.filter((path) => path !== EXCHANGE)
      demand(cold.length === 0, text(`第一次登录还调用了 ${cold.join('、')}`, `the first login also called ${cold.join(', ')}`))
      const before = stage.wechat.calls.length
      const { answer, token } = await stage.login(stage.code(stage.person()))
      demand(token !== undefined, answer)
      const calls = stage.wechat.calls.slice(before).map(({ path }) => path)
      demand(calls.length === 1 && calls[0] === EXCHANGE, text(`一次登录调用了 ${calls.join('、')}`, `a login called ${calls.join(', ')}`))
    },
  },
]

const fetchedTokens = (stage: Stage) => TOKEN_PATHS.reduce((sum, path) => sum + stage.callsOf(path).length, 0)

function refusedCode(id: string, title: Situation['title'], code: (stage: Stage, me: { person: string, token: string }) => string | Promise<string>): Situation {
  return {
    id, title, severity: 'critical', needs: 'phone', source: 'WeChat: getuserphonenumber', why: FALSE_NUMBER, fix: BELIEVE_WECHAT,
    async run(stage) {
      const me = await stage.logIn()
      const answer = await stage.sendPhone(me.token, await code(stage, me))
      demand(!answer.accepted && answer.status > 0, answer)
    },
  }
}
