import { expect, it } from 'vitest'
import { freePort } from './fixtures/free-port.js'
import { TUTORIAL, openTutorial } from './fixtures/tutorial.js'
import { runCheck } from './run.js'

const WRONG = [
  'login-tokens-differ',
  // It never looks at errcode: whomever WeChat does not know is one and the same user, "undefined".
  'code-used-twice', 'code-parallel', 'code-other-app', 'code-invented', 'code-phone', 'code-openid', 'code-expired', 'code-missing', 'code-empty', 'code-not-text', 'code-odd-characters', 'code-mock',
  'wechat-busy', 'wechat-40001', 'wechat-40013', 'wechat-40029', 'wechat-40125', 'wechat-40163', 'wechat-40164', 'wechat-40226', 'wechat-41002', 'wechat-41004', 'wechat-41008', 'wechat-45011',
  'wechat-array', 'wechat-no-openid', 'wechat-empty-openid', 'wechat-openid-not-text', 'wechat-errcode-text', 'identity-no-code', 'http-deep-json',
  // It puts the code into the URL as it comes, takes any method, and waits for WeChat without an end.
  'code-injection', 'code-by-get', 'http-wrong-method', 'wechat-slow',
  'token-extended', 'token-jwt-weak-secret', 'token-odd-header',
  // It keeps one session_key, and checks nothing of what it decrypts but the appid.
  'data-old', 'data-other-openid', 'data-iv', 'data-replayed', 'data-no-break', 'data-uniform', 'data-budget', 'data-older-key', 'data-unknown-key',
  'phone-cold', 'phone-bad-code', 'access-token-40001', 'access-token-42001', 'access-token-40014',
  'http-bad-json', 'http-not-object', 'http-bad-utf8', 'http-huge-body', 'http-error-words', 'http-no-store', 'leak-session-key',
]

/** It has one AppID, no way to log out, and a profile route without a signature. */
const NOT_RUN = ['code-cross-app', 'wechat-quota', 'logout-ends', 'logout-others-stay', 'logout-twice', 'logout-login-again', 'profile-honest', 'profile-no-token', 'profile-signature', 'profile-raw-data', 'profile-signature-empty', 'profile-signature-other']

it('finds in the tutorial’s back end exactly what is wrong with it', async () => {
  let backEnd: Awaited<ReturnType<typeof openTutorial>> | undefined
  const port = await freePort()
  const report = await runCheck({
    backEnd: `http://127.0.0.1:${port}`, mapping: TUTORIAL, port: 0, patienceMs: 5000,
    async onListening({ url }) { backEnd = await openTutorial(url, port) },
  })
  await backEnd?.close()
  const ids = (outcome: string) => report.results.filter((result) => result.outcome === outcome).map(({ id }) => id).sort()
  expect(ids('failed')).toEqual(WRONG.toSorted())
  expect(ids('not_run')).toEqual(NOT_RUN.toSorted())
  expect(report.results.find(({ id }) => id === 'logout-ends')?.reason?.en).toBe('mapping has no logout route')
  expect(report.ok).toBe(false)
}, 120_000)
