import { existsSync } from 'node:fs'
import { createAuth, isAuthError, problemsOf } from '../index.js'
import type { Auth } from '../index.js'
import { readEnvironment } from './environment.js'
import type { Environment } from './environment.js'
import { findSecrets } from './find-secrets.js'
import { UsageError } from './usage.js'

/** One finding, in the words of the reader's language. */
interface Finding {
  readonly mark: '✓' | '!' | '✗'
  readonly zh: string
  readonly en: string
}

const good = (zh: string, en: string): Finding => ({ mark: '✓', zh, en })
const warning = (zh: string, en: string): Finding => ({ mark: '!', zh, en })
const bad = (zh: string, en: string): Finding => ({ mark: '✗', zh, en })

/** `tongxing doctor`: looks at Node, configuration, database, audit log and WeChat, and says what to do. Exit code 1 when something is wrong. */
export async function runDoctor(words: readonly string[], print: (text: string) => void): Promise<void> {
  const folder = folderOf(words)
  const findings: Finding[] = []
  const tell = (finding: Finding): void => {
    findings.push(finding)
    print(`${finding.mark} ${prefersChinese() ? finding.zh : finding.en}\n`)
  }
  tell(nodeFinding(process.versions.node))
  if (folder !== null) miniprogramFindings(folder).forEach(tell)
  const environment = readEnvironment(process.env)
  const problems = [...environment.problems, ...problemsOf(environment.auth)]
  problems.forEach((problem) => tell(bad(`配置：${problem}`, `configuration: ${problem}`)))
  if (problems.length === 0) {
    settingFindings(environment).forEach(tell)
    await examine(environment, tell)
  }
  if (findings.some(({ mark }) => mark === '✗')) process.exitCode = 1
}

function folderOf([flag, folder, ...rest]: readonly string[]): string | null {
  if (flag === undefined) return null
  if (flag !== '--miniprogram' || folder === undefined || rest.length > 0) throw new UsageError('tongxing doctor [--miniprogram FOLDER]')
  if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}`)
  return folder
}

function nodeFinding(version: string): Finding {
  const major = Number(version.split('.')[0])
  if (major >= 22) return good(`Node ${version}`, `Node ${version}`)
  return warning(`Node ${version} 已停止维护：请升级到 Node 24`, `Node ${version} is past its end of life: move to Node 24`)
}

function miniprogramFindings(folder: string): Finding[] {
  const found = findSecrets(folder)
  if (found.length === 0) return [good('小程序代码里没有 AppSecret', 'no AppSecret in the mini program')]
  return found.map(({ file, line }) => bad(
    `${file}:${line} 疑似 AppSecret：任何人都能下载小程序代码。请立即在微信公众平台重置，并只放在服务器上`,
    `${file}:${line} looks like an AppSecret: everybody can download a mini program. Reset it in the WeChat console, and keep it on the server alone`,
  ))
}

function settingFindings({ auth, serve }: Environment): Finding[] {
  const findings = [good(`配置：${auth.apps.length} 个小程序`, `configuration: ${auth.apps.length} mini program${auth.apps.length === 1 ? '' : 's'}`)]
  if (auth.wechat?.emulator) findings.push(warning('使用的是模拟器，不是真正的微信（WECHAT_EMULATOR=1）', 'talks to an emulator, not to WeChat (WECHAT_EMULATOR=1)'))
  if (process.env.NODE_ENV !== 'production') findings.push(warning('NODE_ENV 不是 production', 'NODE_ENV is not production'))
  if (serve.trustedProxies === undefined && serve.limits !== false) {
    findings.push(warning('未设置 TONGXING_TRUSTED_PROXIES：在反向代理之后不会按地址限流', 'TONGXING_TRUSTED_PROXIES is not set: behind a proxy there is no limit per address'))
  }
  return findings
}

async function examine(environment: Environment, tell: (finding: Finding) => void): Promise<void> {
  const auth = await createAuth({ ...environment.auth, log: SILENT }).catch((error: unknown) => {
    tell(bad(`数据库或密钥打不开：${(error as Error).message}`, `database or keys cannot be opened: ${(error as Error).message}`))
    return null
  })
  if (!auth) return
  try {
    tell(good('数据库可用，已是最新结构', 'the database answers and has the current schema'))
    tell(await auditFinding(auth))
    for (const { appid } of environment.auth.apps) tell(await wechatFinding(auth, appid))
  } finally {
    await auth.close()
  }
}

async function auditFinding({ audit }: Auth): Promise<Finding> {
  const verdict = await audit.verify()
  if (verdict.intact) return good(`审计日志完整（${verdict.events} 条）`, `the audit log is whole (${verdict.events} events)`)
  return bad(`审计日志从第 ${verdict.at} 条起被改动过`, `the audit log was changed, from event ${verdict.at} on`)
}

// An invented code: WeChat looks at AppID, AppSecret and address first, and says 40029 when those are right. Nobody is logged in.
async function wechatFinding({ login }: Auth, appid: string): Promise<Finding> {
  const error = await login({ appid, code: 'tongxing_doctor_asks_whether_you_know_me' }).then(() => null, (thrown: unknown) => thrown)
  const { code, wechat } = isAuthError(error) ? error : { code: 'internal', wechat: undefined }
  if (code === 'wx_code_invalid') return good(`微信接受 ${appid} 的 AppID 和 AppSecret`, `WeChat accepts AppID and AppSecret of ${appid}`)
  const told = wechat ? `errcode ${wechat.errcode}${wechat.rid ? `, rid ${wechat.rid}` : ''}` : code
  const [zh, en] = ADVICE[wechat?.errcode ?? 0] ?? ['请检查网络是否能访问 api.weixin.qq.com', 'check that api.weixin.qq.com can be reached from here']
  return bad(`微信没有接受 ${appid}（${told}）：${zh}`, `WeChat did not accept ${appid} (${told}): ${en}`)
}

const ADVICE: Readonly<Record<number, readonly [string, string]>> = {
  40013: ['AppID 不正确', 'the AppID is wrong'],
  40125: ['AppSecret 不正确，可能已被重置', 'the AppSecret is wrong; it may have been reset'],
  40164: ['本机 IP 不在微信公众平台的 IP 白名单里', 'this address is not in the IP white list of the WeChat console'],
  45009: ['当天的调用次数已用完', 'the calls of this day are used up'],
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function prefersChinese(): boolean {
  return /^zh/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '')
}
