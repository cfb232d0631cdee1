import type { TrafficStep } from '#emulator'
import { t } from '../i18n.js'
import { describeLocal } from './describe-local.js'
import { record, text } from './description.js'
import type { Description, Detail } from './description.js'

/** When a step came: ms up to ten seconds, then seconds, then minutes. */
export const printAfter = (ms: number): string => ms < 10_000 ? String(ms) : ms < 600_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`

/** One line for a step of the traffic. */
export function describe(step: TrafficStep): Description {
  if (step.kind === 'local') return describeLocal(step)
  const tone = step.ok === false ? 'red' : [step.from, step.to].includes('server') ? 'blue' : 'green'
  return { tone, ...step.kind === 'call' ? describeCall(step) : describeAnswer(step) }
}

function describeCall({ name, detail }: TrafficStep): Omit<Description, 'tone'> {
  const http = splitRequest(name)
  if (http === undefined) return { code: `${name}()` }
  if (http.path.startsWith('/sns/')) return { code: http.path.slice('/sns/'.length) }
  const { authorization } = record(record(detail)['header'])
  return { tag: http.method, code: http.path, ...authorization !== undefined && { note: t('withToken') } }
}

function describeAnswer({ name, detail, ok }: TrafficStep): Omit<Description, 'tone'> {
  const about = record(detail)
  const http = splitRequest(name)
  if (http === undefined) return describeWxAnswer(name, about, ok === true)
  if (http.path.startsWith('/sns/')) return describeWeixinAnswer(about, ok === true)
  const { statusCode, body, reason } = about
  if (http.method === 'WS' && ok === true) return { words: t('socketOpen') }
  if (statusCode === undefined) return { note: text(reason) }
  const { code, token, nickname, user, uid } = record(body)
  const nick = nickname ?? record(record(body)['profile'])['nickname'] ?? record(user)['nickname']
  const note = token !== undefined ? t('sealedToken') : code !== undefined ? '' : text(nick ?? uid)
  return { tag: text(statusCode), ...code !== undefined && { code: text(code) }, ...note !== '' && { note } }
}

function describeWxAnswer(name: string, { code, errMsg, userInfo }: Detail, ok: boolean): Omit<Description, 'tone'> {
  if (!ok) return { code: text(errMsg) }
  if (name === 'wx.login') return { words: 'code', code: text(code), note: t('once') }
  const { nickName } = record(userInfo)
  if (nickName !== undefined) return { words: text(nickName), ...nickName === '微信用户' && { note: t('placeholderSeen') } }
  return { note: t('ok') }
}

function describeWeixinAnswer({ errcode, errmsg, fault }: Detail, ok: boolean): Omit<Description, 'tone'> {
  if (ok) return { words: t('keysOf'), code: '•••' }
  const { errcode: forced, status } = record(fault)
  const code = errcode ?? forced ?? status
  const note = errmsg !== undefined ? text(errmsg) : fault === undefined ? '' : t(code === undefined ? 'faultDropped' : 'faultMade')
  return { ...code !== undefined && { tag: text(code) }, note: note.replace(/,? rid: .*$/, '') }
}

/** `POST https://api.demo.test/v1/login` → POST and /v1/login. */
function splitRequest(name: string): { method: string, path: string } | undefined {
  const [, method, address] = /^([A-Z]+) (.+)$/.exec(name) ?? []
  if (method === undefined || address === undefined) return undefined
  return { method, path: URL.canParse(address) ? new URL(address).pathname : address }
}

/** What a group of the timeline begins with. */
export function describeCause(cause: TrafficStep | undefined): string {
  if (cause === undefined) return t('atStart')
  const { label, ms } = record(cause.detail)
  switch (cause.name) {
    case 'launch': return t('launched')
    case 'tap': return text(label) === '' ? t('tappedBare') : t('tapped', { label: text(label) })
    case 'expire wechat': return t('wechatExpired')
    case 'expire server': return t('serverExpired')
    case 'background': return t('wentAway')
    case 'foreground': return t('cameBack')
    case 'erase': return t('erased')
    case 'clock': return t('clockMoved', { time: printDuration(Number(ms)) })
    default: return t('atStart')
  }
}

const UNITS = [['days', 86_400_000], ['hours', 3_600_000], ['minutes', 60_000]] as const

function printDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length && ms % length === 0) ?? UNITS[2]
  return `${Math.round(ms / size * 10) / 10} ${t(unit)}`
}
