import { describe, expect, it } from 'vitest'
import { AuthError, wxFailure } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import { explain } from './messages.js'

const CODES: AuthErrorCode[] = [
  'WX_LOGIN_FAILED', 'LOGIN_REFUSED', 'LOGIN_NETWORK', 'SESSION_REJECTED', 'SIGNED_OUT', 'REFUSED', 'NETWORK', 'TIMEOUT', 'ABORTED',
  'TAP_REQUIRED', 'USER_DENIED', 'PRIVACY_DENIED', 'PRIVACY_NOT_DECLARED', 'SCOPE_DENIED', 'UNSUPPORTED', 'PHONE_QUOTA',
]

describe('explain', () => {
  it.each(CODES)('says in both languages what %s means', (code) => {
    const error = new AuthError(code)
    const [zh, en] = [explain(error), explain(error, 'en')]
    expect(zh.title).toMatch(/[\u4E00-\u9FFF]/)
    expect(`${en.title}${en.advice}`).toMatch(/^[\x20-\x7E…→]+$/)
    expect([zh.advice === '', en.advice === '']).toEqual([code === 'ABORTED', code === 'ABORTED'])
  })

  it('puts what the server says before its own words', () => {
    const problem = { type: 'x', title: '账号已被停用', status: 403, code: 'user_disabled', action: 'contact_admin' } as const
    const error = new AuthError('SESSION_REJECTED', { problem })
    expect([explain(error), explain(error, 'en')]).toEqual([
      { title: '账号已被停用', advice: '请联系客服' }, { title: 'You are no longer logged in', advice: 'Please contact support' },
    ])
  })

  it('"not declared" comes with what the developer has to do in the console, and so does a domain that is not listed', () => {
    const undeclared = wxFailure({ errMsg: 'chooseAvatar:fail api scope is not declared in the privacy agreement', errno: 112 }, 'NETWORK')
    expect(undeclared).toMatchObject({ code: 'PRIVACY_NOT_DECLARED', retryable: false })
    expect(explain(undeclared).advice).toContain('用户隐私保护指引')
    expect(explain(wxFailure({ errMsg: 'request:fail url not in domain list', errno: 600002 }, 'NETWORK')).advice).toContain('服务器域名')
  })

  it.each([undefined, null, 'text', new TypeError('mistake')])('takes whatever is thrown: %s', (value) => {
    expect(explain(value)).toEqual({ title: '程序出错了', advice: '' })
  })
})
