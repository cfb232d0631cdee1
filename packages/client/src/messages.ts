import { isAuthError } from './errors.js'
import type { AuthError, AuthErrorCode } from './errors.js'

/** What to show a person. */
export interface Explanation {
  /** What happened. */
  readonly title: string
  /** What to do about it. */
  readonly advice: string
}

type Texts = Readonly<Record<AuthErrorCode, readonly [zh: readonly [string, string], en: readonly [string, string]]>>

const AGAIN = [['请稍后再试', 'Please try again in a moment'], ['请再点一次', 'Please tap again']] as const

const TEXTS: Texts = {
  WX_LOGIN_FAILED: [['微信登录没有成功', AGAIN[0][0]], ['WeChat did not log in', AGAIN[0][1]]],
  LOGIN_REFUSED: [['服务端拒绝了登录', '请联系客服'], ['The server refused the login', 'Please contact support']],
  LOGIN_NETWORK: [['现在无法登录', '请检查网络后再试'], ['Logging in is not possible just now', 'Please check the network and try again']],
  SESSION_REJECTED: [['登录状态已失效', '请重新登录'], ['You are no longer logged in', 'Please log in again']],
  SIGNED_OUT: [['您已退出登录', '请先登录'], ['You are logged out', 'Please log in first']],
  REFUSED: [['服务端没有接受', AGAIN[0][0]], ['The server did not accept it', AGAIN[0][1]]],
  NETWORK: [['网络没有响应', '请检查网络后再试'], ['The network does not answer', 'Please check it and try again']],
  TIMEOUT: [['等待太久，没有响应', '请检查网络后再试'], ['There was no answer in time', 'Please check the network and try again']],
  ABORTED: [['已取消', ''], ['Cancelled', '']],
  TAP_REQUIRED: [['需要您再点一次按钮', AGAIN[1][0]], ['One more tap is needed', AGAIN[1][1]]],
  USER_DENIED: [['您没有同意', '需要时可以再点一次按钮'], ['You did not agree', 'Tap the button again whenever you like']],
  PRIVACY_DENIED: [['您没有同意隐私保护指引', '同意后才能使用此功能'], ['You did not agree to the privacy agreement', 'This needs your agreement']],
  PRIVACY_NOT_DECLARED: [
    ['此功能暂不可用', '开发者：请在小程序后台「设置 → 服务内容声明 → 用户隐私保护指引」中声明这一项，并等待审核通过'],
    ['This is not available yet', 'Developer: declare this data in the console (Settings, Service content declaration, Privacy agreement) and wait for the review'],
  ],
  SCOPE_DENIED: [['没有这项权限', '请在右上角「… → 设置」中打开'], ['The permission is missing', 'Please allow it under "… → Settings" in the upper right corner']],
  UNSUPPORTED: [['这里不支持此功能', '请更新微信后再试'], ['This is not supported here', 'Please update WeChat and try again']],
  PHONE_QUOTA: [['暂时无法获取手机号', '开发者：手机号快速验证的额度已用完，请在小程序后台购买'], ['The phone number is not available just now', 'Developer: the quota of phone number verification is used up; buy more in the console']],
}

/** A domain that is not listed shows as errno 600002. */
const DOMAIN = [
  ['无法访问这个域名', '开发者：请在小程序后台「开发管理 → 服务器域名」中登记它'],
  ['This domain may not be reached', 'Developer: list it in the console (Development, Server domains)'],
] as const

/**
 * Says what an error means and what to do about it, for a toast or a page. What the server says (in Chinese) goes before our own words.
 * Anything that is no `AuthError` is explained as an error of the program. A sub-path of its own: who shows other texts ships none of these.
 *
 * ```ts
 * client.get('/orders').catch((error) => { wx.showToast({ title: explain(error).title, icon: 'none' }) })
 * ```
 */
export function explain(error: unknown, language: 'zh' | 'en' = 'zh'): Explanation {
  const at = language === 'zh' ? 0 : 1
  if (!isAuthError(error)) return { title: at === 0 ? '程序出错了' : 'The program has an error', advice: '' }
  const [title, advice] = (isUnlisted(error) ? DOMAIN : TEXTS[error.code])[at]
  return { title: (at === 0 && error.problem && error.problem.title) || title, advice: adviceOf(error, at) || advice }
}

function isUnlisted({ cause }: AuthError): boolean {
  return (Object(cause) as { errno?: number }).errno === 600002
}

/** What the server asks for goes before what the code alone would advise. */
function adviceOf({ action, code }: AuthError, at: 0 | 1): string | undefined {
  if (action === 'contact_admin') return ['请联系客服', 'Please contact support'][at]
  if (action === 'retry_later') return AGAIN[0][at]
  return action === 'ask_user' && code === 'REFUSED' ? AGAIN[1][at] : undefined
}
