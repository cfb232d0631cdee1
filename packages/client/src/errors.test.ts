import { describe, expect, it } from 'vitest'
import { AuthError, isAuthError, wxFailure } from './errors.js'

describe('wxFailure', () => {
  it.each([
    ['getUserProfile:fail can only be invoked by user TAP gesture', 'TAP_REQUIRED'],
    ['getUserProfile:fail auth deny', 'USER_DENIED'],
    ['getPhoneNumber:fail:cancel to confirm login', 'USER_DENIED'],
    ['getUserProfile:fail privacy permission is not authorized in gap', 'PRIVACY_DENIED'],
    ['privacy interface is banned', 'PRIVACY_DENIED'],
    ['getUserProfile:fail api scope is not declared in the privacy agreement', 'PRIVACY_NOT_DECLARED'],
    ['fail please go to mp to announce your privacy usage', 'PRIVACY_NOT_DECLARED'],
    ['request:fail timeout', 'TIMEOUT'],
    ['request:fail abort', 'ABORTED'],
    ['request:fail -118:net::ERR_CONNECTION_TIMED_OUT', 'NETWORK'],
    ['request:fail interrupted', 'NETWORK'],
  ])('%s is %s, and the words are kept', (errMsg, code) => {
    expect(wxFailure({ errMsg }, 'NETWORK')).toMatchObject({ code, message: errMsg, cause: { errMsg } })
  })

  it('a domain that is not listed is not worth a retry', () => {
    expect(wxFailure({ errMsg: 'request:fail url not in domain list', errno: 600002 }, 'NETWORK').retryable).toBe(false)
    expect(wxFailure({ errMsg: 'request:fail', errno: 600001 }, 'NETWORK').retryable).toBe(true)
  })

  it.each([undefined, null, 'text', {}, new Error('boom')])('takes whatever is thrown: %j', (cause) => {
    expect(wxFailure(cause, 'NETWORK')).toMatchObject({ code: 'NETWORK', retryable: true })
  })
})

describe('isAuthError', () => {
  it('goes by the brand, so that an error of another copy counts', () => {
    expect([isAuthError(new AuthError('TIMEOUT')), isAuthError({ isAuthError: true }), isAuthError(new Error('x')), isAuthError(null), isAuthError('x')])
      .toEqual([true, true, false, false, false])
  })

  it('has a message of its own where nobody gave one', () => {
    expect(String(new AuthError('SIGNED_OUT'))).toBe('AuthError: signed out')
  })
})
