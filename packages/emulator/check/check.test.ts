import { describe, expect, it } from 'vitest'
import { MAPPING, openBackEnd } from './fixtures/back-end.js'
import type { Flaw } from './fixtures/flaws.js'
import { freePort } from './fixtures/free-port.js'
import { runCheck } from './run.js'
import type { CheckReport } from './run.js'
import { SITUATIONS } from './situations/all.js'

const GUESTS: readonly Flaw[] = ['ignores-errcode', 'no-shape-check']

/** The mistake that each situation is there to find. */
const CAUGHT: Readonly<Record<string, readonly Flaw[]>> = {
  'login-first': ['no-login'],
  'login-again': ['new-user-each-login'],
  'login-two-people': ['one-current-user'],
  'login-tokens-differ': ['token-per-user'],
  'login-race-new-user': ['find-then-insert'],
  'login-race-people': ['shared-request-state'],
  'login-unionid-late': ['unionid-first'],
  'login-unionid-gone': ['unionid-first'],
  'login-errcode-zero': ['errcode-must-be-absent'],
  'login-unknown-fields': ['strict-answer'],
  'login-odd-openid': ['openid-shape'],
  'code-used-twice': ['replays-codes'],
  'code-parallel': ['breaks-on-refusal'],
  'code-other-app': GUESTS,
  'code-cross-app': GUESTS,
  'code-invented': GUESTS,
  'code-phone': GUESTS,
  'code-openid': GUESTS,
  'code-expired': GUESTS,
  'code-missing': GUESTS,
  'code-empty': GUESTS,
  'code-not-text': GUESTS,
  'code-huge': [...GUESTS, 'no-body-limit'],
  'code-odd-characters': GUESTS,
  'code-mock': GUESTS,
  'code-injection': ['raw-url', 'no-shape-check'],
  'code-by-get': ['login-by-get'],
  'code-refusal-status': ['breaks-on-refusal'],
  ...Object.fromEntries(SITUATIONS.filter(({ id }) => id.startsWith('wechat-')).map(({ id }) => [id, GUESTS])),
  'wechat-drop-once': ['retries-lost'],
  'wechat-busy-once': ['retries-busy'],
  'wechat-slow': ['no-deadline'],
  'token-none': ['open-me'],
  'token-empty': ['guest-tokens'],
  'token-invented': ['any-token'],
  'token-mutated': ['case-blind'],
  'token-truncated': ['prefix-match'],
  'token-extended': ['prefix-match'],
  'token-spelling': ['trims-padding'],
  'token-jwt-none': ['jwt-none'],
  'token-jwt-weak-secret': ['jwt-weak'],
  'token-is-openid': ['token-is-openid'],
  'token-from-session-key': ['token-is-hash'],
  'token-short': ['short-tokens'],
  'token-in-url': ['token-by-url'],
  'token-odd-header': ['decodes-token'],
  'token-login-fixation': ['adopts-token'],
  'logout-ends': ['logout-does-nothing'],
  'logout-others-stay': ['logout-all'],
  'logout-twice': ['logout-throws'],
  'logout-login-again': ['token-per-user'],
  'identity-body': ['openid-by-body'],
  'identity-login-header': ['openid-by-header'],
  'identity-no-code': ['openid-by-body'],
  'identity-header': ['uid-by-header'],
  'identity-query': ['uid-by-query'],
  'identity-openid-shown': ['uid-is-openid'],
  'profile-honest': ['decoded-key'],
  'profile-no-token': ['profile-open'],
  'profile-signature': ['no-signature-check'],
  'profile-raw-data': ['no-signature-check'],
  'profile-signature-empty': ['empty-signature-ok'],
  'profile-signature-other': ['no-signature-check', 'no-decrypt'],
  'data-honest': ['undecoded-iv'],
  'data-other-app': ['no-watermark'],
  'data-no-watermark': ['no-watermark'],
  'data-old': ['no-age'],
  'data-other-openid': ['no-openid-compare'],
  'data-other-key': ['no-decrypt'],
  'data-other-person': ['no-decrypt'],
  'data-iv': ['no-openid-compare'],
  'data-replayed': ['no-replay-check'],
  'data-no-break': ['decrypt-throws'],
  'data-uniform': ['telling-errors'],
  'data-budget': ['no-budget'],
  'data-older-key': ['one-key'],
  'data-unknown-key': ['decrypt-throws'],
  'data-clock': ['strict-clock'],
  'phone-cold': ['access-token-per-call'],
  'phone-honest': ['no-phone'],
  'phone-no-token': ['phone-open'],
  'phone-used-twice': ['phone-ignores-errcode'],
  'phone-invented': ['phone-ignores-errcode'],
  'phone-other-app': ['phone-ignores-errcode'],
  'phone-login-code': ['phone-ignores-errcode'],
  'phone-expired': ['phone-ignores-errcode'],
  'phone-from-body': ['phone-by-body'],
  'phone-bad-code': ['phone-breaks'],
  'phone-busy': ['phone-ignores-errcode'],
  'phone-html': ['phone-ignores-errcode'],
  'phone-no-number': ['phone-ignores-errcode'],
  'phone-drop': ['phone-ignores-errcode'],
  'access-token-40001': ['no-token-retry'],
  'access-token-42001': ['no-token-retry'],
  'access-token-40014': ['no-token-retry'],
  'access-token-loop': ['endless-retry'],
  'access-token-down': ['token-before-login'],
  'access-token-by-login': ['token-before-login'],
  'http-bad-json': ['breaks-on-bad-body'],
  'http-not-object': ['breaks-on-bad-body'],
  'http-prototype': ['merges-bodies'],
  'http-deep-json': ['breaks-on-bad-body', 'no-body-limit'],
  'http-bad-utf8': ['breaks-on-bad-body', 'breaks-on-refusal'],
  'http-huge-body': ['no-body-limit', 'no-shape-check'],
  'http-wrong-method': ['any-method'],
  'http-error-words': ['tells-stack'],
  'http-no-store': ['cacheable'],
  'http-cors': ['echoes-origin'],
  'leak-session-key': ['session-key-in-answer'],
  'leak-secret': ['url-in-error'],
  'leak-access-token': ['access-token-in-answer'],
  'leak-wechat-words': ['errmsg-in-error'],
}

// Long enough for a busy machine; short where the back end is to be caught waiting.
const patienceFor = (flaws: readonly Flaw[]) => flaws.includes('no-deadline') ? 1500 : 10_000

async function check(flaws: readonly Flaw[], only?: readonly string[]): Promise<CheckReport> {
  let backEnd: Awaited<ReturnType<typeof openBackEnd>> | undefined
  const port = await freePort()
  try {
    return await runCheck({
      backEnd: `http://127.0.0.1:${port}`, mapping: MAPPING, port: 0, patienceMs: patienceFor(flaws), ...only && { only },
      async onListening({ url }) { backEnd = await openBackEnd(url, flaws, port) },
    })
  } finally {
    await backEnd?.close()
  }
}

describe('the conformance run', () => {
  it('has at least 60 situations, each with an id of its own, texts in both languages and a source', () => {
    expect(SITUATIONS.length).toBeGreaterThanOrEqual(60)
    expect(new Set(SITUATIONS.map(({ id }) => id)).size).toBe(SITUATIONS.length)
    for (const { title, why, fix, source } of SITUATIONS) {
      for (const { zh, en } of [title, why, fix]) expect([/[一-鿿]/.test(zh), /^[^一-鿿]{10,}$/.test(en)]).toEqual([true, true])
      expect(source).not.toBe('')
    }
  })

  it('lets a careful back end pass everything', async () => {
    const report = await check([])
    expect(report.results.filter(({ outcome }) => outcome !== 'passed').map(({ id, seen }) => ({ id, seen }))).toEqual([])
    expect(report).toMatchObject({ ok: true, passed: SITUATIONS.length })
  }, 120_000)

  it('knows a mistake for every situation', () => {
    expect(Object.keys(CAUGHT).sort()).toEqual(SITUATIONS.map(({ id }) => id).sort())
  })

  it.each(Object.entries(CAUGHT))('%s catches a back end with %j', async (id, flaws) => {
    const { results } = await check(flaws, [id])
    expect(results.map((result) => [result.id, result.outcome])).toEqual([[id, 'failed']])
    expect([results[0]?.seen?.en, results[0]?.seen?.zh]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)])
  }, 20_000)

  it('calls it critical when a back end does not survive a situation', async () => {
    const { results: [result], ok } = await check(['dies-of-bad-body'], ['http-bad-json'])
    expect(result).toMatchObject({ outcome: 'failed', severity: 'critical', seen: { en: expect.stringContaining('afterwards nobody can log in') as string } })
    expect(ok).toBe(false)
  })
})
