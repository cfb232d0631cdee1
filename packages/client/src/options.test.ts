import { describe, expect, it } from 'vitest'
import { checkOptions } from './options.js'
import type { ClientOptions } from './options.js'

const baseURL = 'https://api.example.com'

describe('checkOptions', () => {
  it.each(['secret', 'appSecret', 'APP_SECRET', 'session_key', 'sessionKey'])('T02: refuses %s: what is in a mini program can be read by anybody', (name) => {
    expect(() => checkOptions({ baseURL, [name]: 'x' })).toThrow(new TypeError(`createClient: ${name} must stay on the server`))
  })

  it('reports all problems in one message, without the values', () => {
    const options = { baseURL: 'ftp://hunter2', secret: 'hunter2', retry: { login: 9 }, timeout: { login: 0 }, header: 7 } as unknown as ClientOptions
    expect(() => checkOptions(options)).toThrow(
      'createClient: secret must stay on the server; baseURL must be an https address; retry.login must be 0 to 3; timeout must be positive and finite; '
      + 'header, isExpired, extraLogin must be functions',
    )
  })

  it.each(['', 'api.example.com', 'https://', 'https://a?b', 'https://a#b', undefined])('refuses the baseURL %j', (value) => {
    expect(() => checkOptions({ baseURL: value as string })).toThrow(TypeError)
  })

  it('fills in the defaults, keeps what is set, and does not change its input', () => {
    const options = Object.freeze({ baseURL: `${baseURL}/app//`, endpoints: Object.freeze({ login: '/signin' }) })
    expect(checkOptions(options)).toMatchObject({
      baseURL: `${baseURL}/app`, autoLogin: true, storageKey: 'tongxing', loginRetries: 1, loginTimeout: 8000, requestTimeout: 15000,
      endpoints: { login: '/signin', logout: '/v1/logout', me: '/v1/me', profile: '/v1/me/profile' },
    })
    expect(checkOptions({ baseURL }).header('t')).toEqual({ Authorization: 'Bearer t' })
  })
})
