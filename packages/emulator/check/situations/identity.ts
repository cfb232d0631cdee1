import type { Changes } from '../back-end.js'
import { demand } from '../situation.js'
import type { Situation } from '../situation.js'
import type { LoggedIn, Stage } from '../stage.js'
import { text } from '../text.js'

const TAKEOVER = text('改一个字段就能变成任何人', 'one changed field makes anybody anybody else')
const TRUST = text('身份只来自两处：微信对 code 的回答，和你自己签发的令牌；请求正文、查询串和请求头里的 openid、unionid、uid 一律不看', 'take identity from two places only: WeChat’s answer to the code, and the token that you issued; look at no openid, unionid or uid in body, query or headers')

/** The headers that WeChat’s cloud hosting puts in, and that anybody can send to a public address. */
function cloudHeaders(openid: string): Record<string, string> {
  return { 'x-wx-openid': openid, 'x-wx-unionid': openid, 'x-wx-from-openid': openid, 'x-wx-source': 'wx_client', 'x-wx-appid': 'wx0123456789abcdef' }
}

function idFields(openid: string, user: string): Record<string, string> {
  return { openid, openId: openid, open_id: openid, unionid: openid, unionId: openid, uid: user, userId: user, user_id: user, id: user, sub: user }
}

/** Somebody names another person’s id. */
export const identitySituations: readonly Situation[] = [
  pretence('identity-body', text('登录正文里的 openid、uid 不起作用', 'openid and uid in the body of a login change nothing'), 'OWASP ASVS 2.2.1; litemall WxAuthController', async (stage, victim, openid) => {
    const { answer, token } = await stage.login(stage.code(stage.person()), { fields: idFields(openid, victim.user) })
    await demandNotVictim(stage, victim, token, answer.asked)
  }),
  pretence('identity-login-header', text('登录时的 x-wx-openid 等请求头不起作用', 'x-wx-openid and its kind in the headers of a login change nothing'), 'WeChat cloud hosting', async (stage, victim, openid) => {
    const { answer, token } = await stage.login(stage.code(stage.person()), { headers: cloudHeaders(openid) })
    await demandNotVictim(stage, victim, token, answer.asked)
  }),
  pretence('identity-no-code', text('没有 code、只有 openid 的登录被拒绝', 'a login with an openid and no code is refused'), 'litemall WxAuthController; parse-server Adapters/Auth/wechat.js', async (stage, victim, openid) => {
    for (const changes of [{ fields: idFields(openid, victim.user) }, { headers: cloudHeaders(openid) }] satisfies Changes[]) {
      const { answer, token } = await stage.login('', { without: 'code', ...changes })
      demand(token === undefined, answer)
    }
  }),
  pretence('identity-header', text('受保护的接口不认 x-wx-openid 等请求头', 'the protected route ignores x-wx-openid and its kind'), 'WeChat cloud hosting', async (stage, victim, openid) => {
    const me = await stage.logIn()
    for (const headers of [cloudHeaders(openid), { 'x-user-id': victim.user, 'x-uid': victim.user, 'x-openid': openid }]) {
      await demandOnly(stage, undefined, me, { headers })
      await demandOnly(stage, me.token, me, { headers })
    }
  }),
  pretence('identity-query', text('受保护的接口不认查询串里的 openid、uid', 'the protected route ignores openid and uid in the query'), 'OWASP ASVS 8.2.2', async (stage, victim, openid) => {
    const me = await stage.logIn()
    await demandOnly(stage, undefined, me, { query: idFields(openid, victim.user) })
    await demandOnly(stage, me.token, me, { query: idFields(openid, victim.user) })
  }),
  {
    id: 'identity-openid-shown', severity: 'warning', source: 'CWE-639',
    title: text('用户编号不是 openid', 'the user’s id is not the openid'),
    why: text('openid 会被写进分享链接和日志；别处凡是信任 openid 的接口，都因此可被冒用', 'it travels in links and logs, and every interface that trusts an openid becomes open'),
    fix: text('给用户一个自己的、随机的编号，openid 只留在服务器', 'give users a random id of your own, and keep the openid on the server'),
    async run(stage) {
      const { user } = await stage.logIn()
      demand(user !== stage.lastOpenid(), text(`用户编号就是 openid：${user}`, `the user’s id is the openid ${user}`))
    },
  },
]

function pretence(id: string, title: Situation['title'], source: string, act: (stage: Stage, victim: LoggedIn, openid: string) => Promise<void>): Situation {
  return {
    id, title, source, severity: 'critical', why: TAKEOVER, fix: TRUST,
    async run(stage) {
      const victim = await stage.logIn()
      await act(stage, victim, stage.lastOpenid())
    },
  }
}

// A refused login is fine, too: nobody has to put up with strange fields.
async function demandNotVictim(stage: Stage, victim: LoggedIn, token: string | undefined, asked: string): Promise<void> {
  if (token === undefined) return
  const { answer, user } = await stage.backEnd.whoIs(token)
  demand(user !== victim.user, text(`${asked} 带着用户 ${victim.user} 的编号，之后：`, `after ${asked} with the ids of user ${victim.user}:`), answer)
}

async function demandOnly(stage: Stage, token: string | undefined, me: LoggedIn, changes: Changes): Promise<void> {
  const { answer, user } = await stage.backEnd.whoIs(token, changes)
  demand(user === undefined || (token !== undefined && user === me.user), answer)
}
