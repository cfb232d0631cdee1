import type { Answer } from '../back-end.js'
import { demand, demandHonest, demandNoBreak } from '../situation.js'
import type { Situation } from '../situation.js'
import type { Stage } from '../stage.js'
import { text } from '../text.js'

/** Sessions end when they should, and only those. */
export const logoutSituations: readonly Situation[] = [
  {
    id: 'logout-ends', severity: 'error', needs: 'logout', gate: true, source: 'OWASP ASVS 7.4.1',
    title: text('退出之后令牌立刻失效', 'after logging out the token is dead'),
    why: text('用户以为退出了，偷到令牌的人还在里面', 'the user thinks that he is out, and who stole the token is still in'),
    fix: text('令牌要能在服务器端作废：查表，或者保存作废名单', 'make tokens revocable on the server: look them up, or keep a list of the revoked'),
    async run(stage) {
      const { token } = await stage.logIn()
      const left = await logOut(stage, token)
      demandHonest(left, 'logout')
      const { answer, user } = await stage.backEnd.whoIs(token)
      demand(user === undefined && answer.status > 0, text('退出之后：', 'after logging out:'), answer)
    },
  },
  {
    id: 'logout-others-stay', severity: 'error', needs: 'logout', source: 'SuperTokens: sessions of one user never interfere',
    title: text('一个人退出，别人不受影响', 'when one person logs out the others stay'),
    why: text('一个人退出把所有人赶了出去', 'one person’s way out is everybody’s'),
    fix: text('只删除这个令牌的会话', 'end the session of this token only'),
    async run(stage) {
      const [leaves, stays] = [await stage.logIn(), await stage.logIn()]
      await logOut(stage, leaves.token)
      const { answer, user } = await stage.backEnd.whoIs(stays.token)
      demand(user === stays.user, answer)
    },
  },
  {
    id: 'logout-twice', severity: 'warning', needs: 'logout', source: 'RFC 7009 §2.2; eladmin-mp#24',
    title: text('重复退出、没有令牌的退出都不是 5xx', 'logging out twice, or with no token, is not answered 5xx'),
    why: text('退出失败会让小程序反复重试，陷入循环', 'a logout that fails is tried again, and mini programs loop'),
    fix: text('对已经失效的令牌，退出也算成功', 'let a logout with a dead token succeed'),
    async run(stage) {
      const { token } = await stage.logIn()
      await logOut(stage, token)
      for (const again of [token, 'x', undefined]) demandNoBreak(await logOut(stage, again), text(`令牌 ${again ?? '（无）'}：`, `with the token ${again ?? '(none)'}:`))
    },
  },
  {
    id: 'logout-login-again', severity: 'error', needs: 'logout', source: 'CVE-2025-12390 (Keycloak#44168)',
    title: text('退出后重新登录：旧令牌不会复活，用户还是同一个', 'a login after a logout is the same user, and does not revive the old token'),
    why: text('作废的会话又活了过来，或者用户丢了数据', 'a session that was ended lives again, or the user has lost his data'),
    fix: text('会话编号永不复用；用户只由 (appid, openid) 决定', 'never use a session id again; the user depends on (appid, openid) alone'),
    async run(stage) {
      const before = await stage.logIn()
      await logOut(stage, before.token)
      const after = await stage.logIn(before.person)
      demand(after.user === before.user, text(`用户 ${before.user} 变成了用户 ${after.user}`, `user ${before.user} became user ${after.user}`))
      const { answer, user } = await stage.backEnd.whoIs(before.token)
      demand(user === undefined, answer)
    },
  },
]

function logOut(stage: Stage, token: string | undefined): Promise<Answer> {
  return stage.backEnd.send(stage.mapping.logout ?? { path: '/' }, { appid: stage.app.appid }, { ...token !== undefined && { token } })
}
