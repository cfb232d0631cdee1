import { firstLogin } from '../first-login.js'
import { demand, demandOneUser } from '../situation.js'
import type { Situation } from '../situation.js'
import { EXCHANGE } from '../stage.js'
import type { Stage } from '../stage.js'
import { text } from '../text.js'

const IDENTITY = text('用户会看到别人的数据，或者丢掉自己的数据', 'users see the data of others, or lose their own')
const UNIQUE = text('以 (appid, openid) 为唯一键建用户，并用数据库的唯一约束保证', 'make (appid, openid) the unique key of a user, and let the database hold it')
const UNIONID = text('unionid 只是一个后来才可能出现的链接，不要拿它当用户的主键', 'unionid is a link that may appear later; never make it the key of a user')

/** Honest people log in. */
export const loginSituations: readonly Situation[] = [
  {
    id: 'login-first', severity: 'critical', source: 'WeChat: code2Session',
    title: text('第一次登录得到令牌，受保护的接口认得出这是谁', 'a first login gives a token, and the protected route knows who it is'),
    why: text('登录根本不通', 'nobody can log in at all'),
    fix: text('把后端的微信地址改成本次运行给出的地址，AppID 和 AppSecret 用映射里的；再核对映射中的路径和指针', 'set the back end’s WeChat address to the one of this run, AppID and AppSecret to those of the mapping; then check paths and pointers of the mapping'),
    run: firstLogin,
  },
  {
    id: 'login-again', severity: 'critical', source: 'WeChat: openid is stable per user and AppID',
    title: text('同一个人第二次登录还是同一个用户', 'a second login of the same person is the same user'), why: IDENTITY, fix: UNIQUE,
    async run(stage) {
      const first = await stage.logIn()
      demandSameUser(first.user, await stage.logIn(first.person))
    },
  },
  {
    id: 'login-two-people', severity: 'critical', source: 'wafer2-node-sdk#57',
    title: text('两个人是两个用户，各自的令牌只认自己', 'two people are two users, and each token stands for its own'), why: IDENTITY,
    fix: text('从令牌里取身份，不要用全局变量或缓存里的“当前用户”', 'take the identity from the token, never from a variable or cache of a “current user”'),
    async run(stage) {
      const [one, two] = [await stage.logIn(), await stage.logIn()]
      demand(one.user !== two.user, text(`两个人都是用户 ${one.user}`, `both people are user ${one.user}`))
      const again = await stage.backEnd.whoIs(one.token)
      demand(again.user === one.user, again.answer, text(`应是 ${one.user}`, `expected ${one.user}`))
    },
  },
  {
    id: 'login-tokens-differ', severity: 'error', source: 'OWASP ASVS 7.2.4',
    title: text('每次登录给出新的令牌', 'each login gives a new token'),
    why: text('固定的令牌一旦泄漏就永远有效，退出也无法作废它', 'a token that never changes stays stolen, and logging out cannot end it'),
    fix: text('令牌用安全随机数生成，或在其中放入随机的会话编号', 'make tokens from a secure random source, or put a random session id into them'),
    async run(stage) {
      const one = await stage.logIn()
      const two = await stage.logIn(one.person)
      demand(one.token !== two.token, text('同一个人两次登录得到同一个令牌', 'two logins of one person gave the same token'))
    },
  },
  {
    id: 'login-race-new-user', severity: 'error', source: 'DataChat-API#19; mini-vip#373; weRequest#36',
    title: text('一个新用户同时登录 50 次，只建一个用户', '50 logins of one new person at once make one user'),
    why: text('小程序启动时并发请求各登录一次，于是一个人有了几十个账号', 'requests of a starting mini program log in side by side, and one person gets dozens of accounts'), fix: UNIQUE,
    async run(stage) {
      const person = stage.person()
      const logins = await Promise.all(Array.from({ length: 50 }, () => stage.login(stage.code(person))))
      const users = await Promise.all(logins.flatMap(({ token }) => token === undefined ? [] : [stage.backEnd.whoIs(token)]))
      demand(users.length > 0, ...logins.slice(0, 1).map(({ answer }) => answer))
      demandOneUser(users, (count) => text(`50 次登录建了 ${count} 个用户`, `50 logins made ${count} users`))
    },
  },
  {
    id: 'login-race-people', severity: 'critical', source: 'WxJava#2012, #2264',
    title: text('30 个人同时登录，各得各的身份', '30 people log in at once and each gets his own identity'), why: IDENTITY,
    fix: text('请求之间不共享可变状态；不要用线程变量或全局变量保存当前的 AppID 或用户', 'share no mutable state between requests; keep neither AppID nor user in thread-locals or globals'),
    async run(stage) {
      const people = await Promise.all(Array.from({ length: 30 }, () => stage.logIn()))
      demand(new Set(people.map(({ user }) => user)).size === 30, text('30 个人，用户却不到 30 个', '30 people, but fewer users'))
      const again = await Promise.all(people.map(({ person }) => stage.logIn(person)))
      const mixed = people.filter(({ user }, i) => again[i]?.user !== user)
      demand(mixed.length === 0, text(`第二次登录时，30 个人中有 ${mixed.length} 个变成了别人`, `${mixed.length} of 30 people became somebody else at the second login`))
    },
  },
  {
    id: 'login-unionid-late', severity: 'error', source: 'WeChat: UnionID; remove-water-mark-server#3; WxJava#657',
    title: text('后来才出现 unionid，用户还是同一个', 'a unionid that appears later does not split the user'),
    why: text('小程序绑定开放平台的那一天，所有老用户都变成新用户', 'on the day the app is bound to the Open Platform every old user becomes a new one'), fix: UNIONID,
    async run(stage) {
      const first = await stage.logIn(withUnionid(stage))
      stage.app.unionScope = 'check'
      demandSameUser(first.user, await stage.logIn(first.person))
    },
  },
  {
    id: 'login-unionid-gone', severity: 'error', source: 'next-auth wechat provider, logto connector-wechat-web',
    title: text('unionid 不再返回，用户还是同一个', 'a unionid that is missing again does not split the user'),
    why: text('微信有时不返回 unionid，用户就此丢失账号', 'WeChat does not always send the unionid; users lose their account that day'), fix: UNIONID,
    async run(stage) {
      stage.app.unionScope = 'check'
      const first = await stage.logIn(withUnionid(stage))
      stage.app.unionScope = null
      demandSameUser(first.user, await stage.logIn(first.person))
    },
  },
  ...answersOfSuccess(),
]

// A success that WeChat words differently is still one.
function answersOfSuccess(): Situation[] {
  const rows: [string, Situation['title'], (openid: string) => object][] = [
    ['login-errcode-zero', text('成功的回答带着 errcode:0 也能登录', 'a success that says errcode:0 is a login'), (openid) => ({ errcode: 0, errmsg: 'ok', openid, session_key: KEY })],
    ['login-unknown-fields', text('微信多返回几个字段也能登录', 'unknown fields in WeChat’s answer do no harm'), (openid) => ({ openid, session_key: KEY, is_new: true, extra: { list: [1] } })],
    ['login-odd-openid', text('openid 的长度和形状变了也能登录', 'an openid of another length and shape is still an openid'), (openid) => ({ openid: `${openid}_${openid}-x`, session_key: KEY })],
  ]
  return rows.map(([id, title, body]) => ({
    id, title, severity: id === 'login-odd-openid' ? 'warning' : 'error', source: 'WeChat: code2Session (the sample prints errcode:0, live answers have none)',
    why: text('微信的文档与实际回答不一致，而且会变；写死其中一种，总有一天全部用户无法登录', 'WeChat’s documents and its answers differ, and change; who insists on one form locks everybody out some day'),
    fix: text('errcode 存在且不为 0 才是失败；其余只看 openid 是不是非空文本', 'only an errcode that is there and not 0 is a failure; beyond that, demand that openid is a text and not empty'),
    async run(stage) {
      stage.fault({ where: EXCHANGE, body: JSON.stringify(body(`oCheck${stage.person()}`.padEnd(28, '0'))) })
      const { answer, token } = await stage.login(stage.code(stage.person()))
      demand(token !== undefined, answer)
    },
  }))
}

const KEY = Buffer.alloc(16, 1).toString('base64')

const withUnionid = (stage: Stage) => stage.person({ unionid: `oCheck_union_${stage.emulator.people.length}`.padEnd(28, '0') })

function demandSameUser(user: string, again: { readonly user: string }): void {
  demand(again.user === user, text(`用户 ${user} 变成了用户 ${again.user}`, `user ${user} became user ${again.user}`))
}
