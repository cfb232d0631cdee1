import type { MessageKey } from '../messages.js'

/** A ready-made fault. */
export interface Situation {
  readonly name: MessageKey
  readonly hint: MessageKey
  /** The rule, as on the command line. */
  readonly line: string
}

/** Ready-made faults, by whom they befall. */
export const SITUATIONS: readonly { readonly title: MessageKey, readonly situations: readonly Situation[] }[] = [
  { title: 'faultsWechat', situations: [
    { name: 'faultBusy', hint: 'faultBusyHint', line: '/sns/jscode2session errcode=-1 times=3' },
    { name: 'faultCode', hint: 'faultCodeHint', line: '/sns/jscode2session errcode=40029' },
    { name: 'faultBlocked', hint: 'faultBlockedHint', line: '/sns/jscode2session errcode=40226' },
    { name: 'faultQuota', hint: 'faultQuotaHint', line: '/sns/jscode2session errcode=45011 always' },
    { name: 'faultSlow', hint: 'faultSlowHint', line: '/sns/jscode2session delayMs=5000 always' },
    { name: 'faultHtml', hint: 'faultHtmlHint', line: '/sns/jscode2session html502 times=3' },
    { name: 'faultLost', hint: 'faultLostHint', line: '/sns/jscode2session drop after' },
    { name: 'faultCut', hint: 'faultCutHint', line: '/sns/jscode2session truncate' },
  ] },
  { title: 'faultsLogin', situations: [
    { name: 'faultLoginFails', hint: 'faultLoginFailsHint', line: 'wx.login errMsg="system error"' },
    { name: 'faultLoginHangs', hint: 'faultLoginHangsHint', line: 'wx.login hang' },
    { name: 'faultLoginEmpty', hint: 'faultLoginEmptyHint', line: 'wx.login emptyCode' },
    { name: 'faultLoginOld', hint: 'faultLoginOldHint', line: 'wx.login fromCache' },
  ] },
  { title: 'faultsServer', situations: [
    { name: 'faultServerHtml', hint: 'faultServerHtmlHint', line: 'wx.request html502 times=3' },
    { name: 'faultServerLost', hint: 'faultServerLostHint', line: 'wx.request drop after' },
    { name: 'faultServerFlaky', hint: 'faultServerFlakyHint', line: 'wx.request drop always probability=0.3' },
    { name: 'faultServerGarbled', hint: 'faultServerGarbledHint', line: 'wx.request garble' },
  ] },
  { title: 'faultsPhone', situations: [
    { name: 'faultPhoneQuota', hint: 'faultPhoneQuotaHint', line: 'wx.getPhoneNumber errMsg="quota used up" errno=1400001' },
  ] },
  { title: 'faultsStorage', situations: [
    { name: 'faultStorage', hint: 'faultStorageHint', line: 'storage errMsg="Failed To Send Sync" always' },
    { name: 'faultStorageRead', hint: 'faultStorageReadHint', line: 'wx.getStorageSync errMsg="Failed To Send Sync" times=3' },
  ] },
]

/** A rule of one line, narrowed to one person's phone; the server API does not know whom a call is about. */
export function narrow(line: string, person: string): string {
  return person === '' || line.startsWith('/') ? line : `${line} person=${person}`
}

/** The ready-made fault behind a rule, whomever it befalls. */
export function situationOf(line: string): Situation | undefined {
  const bare = line.replace(/ person=[\w-]+$/, '')
  return SITUATIONS.flatMap(({ situations }) => situations).find((situation) => situation.line === bare)
}
