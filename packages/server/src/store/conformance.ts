import { CODE_LIFE_MS, LONGEST_SESSION_MS, PRUNE_MARGIN_MS, SESSION_KEY_GENERATIONS, SUPERSEDED_KEY_LIFE_MS } from './store.js'
import type { AcceptedLogin, LoginRecord, Store } from './store.js'

/** The test functions of a runner: vitest's, jest's and node:test's fit. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: () => Promise<void>) => void
  readonly assert: (value: boolean, message: string) => void
}

const NOW = 1_795_000_000_000
let counter = 0
const unique = (): string => (++counter).toString(36).padStart(8, '0')
const id = (prefix: 'u' | 's'): string => `${prefix}_${Buffer.from(`id${unique()}`.padEnd(16, '.')).toString('base64url')}`

/** A login as `flows/login` writes it, of a person of its own unless told otherwise. */
export function sampleLogin(changes: Partial<LoginRecord> = {}): LoginRecord {
  return {
    appid: 'wxemu0123456789abc',
    openid: `o${unique()}`,
    unionid: null,
    newUid: id('u'),
    sessionKey: { fingerprint: unique(), sealed: 'sealed' },
    sessionId: id('s'),
    device: null,
    issuedAt: NOW,
    expiresAt: NOW + 1000,
    mostSessions: null,
    ...changes,
  }
}

/** Writes a login that must be accepted. */
export async function recordSample(store: Store, login: LoginRecord = sampleLogin()): Promise<AcceptedLogin> {
  const recorded = await store.recordLogin(login)
  if (recorded.banned) throw new Error('the login was refused')
  return recorded
}

/**
 * What every store must do, one test a promise. Run it on each engine, against the real one.
 * @param open gives an empty store; the suite closes it.
 */
export function testStore(engine: string, open: () => Promise<Store>, { describe, it, assert }: TestRunner): void {
  const equal = (got: unknown, wanted: unknown, what: string): void => {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)]
    assert(a === b, `${what}: got ${a}, wanted ${b}`)
  }
  const test = (name: string, body: (store: Store) => Promise<void>): void => it(name, async () => {
    const store = await open()
    try {
      await body(store)
    } finally {
      await store.close()
    }
  })

  describe(`store on ${engine}`, () => {
    test('creates a user at the first login of an identity and finds it at the second', async (store) => {
      const first = await recordSample(store, sampleLogin({ openid: 'oA' }))
      const second = await recordSample(store, sampleLogin({ openid: 'oA' }))
      equal([first.isNew, second.isNew, second.uid === first.uid, second.epoch], [true, false, true, 1], 'logins')
    })

    test('keeps openids apart that differ in case only, and one openid in two apps', async (store) => {
      const logins = await Promise.all([{ openid: 'oAbC' }, { openid: 'oABC' }, { openid: 'oAbC', appid: 'wxemufedcba9876543' }].map((changes) => recordSample(store, sampleLogin(changes))))
      equal(new Set(logins.map(({ uid }) => uid)).size, 3, 'users')
    })

    test('makes one user of 50 parallel first logins of one identity', async (store) => {
      const logins = await Promise.all(Array.from({ length: 50 }, () => recordSample(store, sampleLogin({ openid: 'oA' }))))
      equal([new Set(logins.map(({ uid }) => uid)).size, logins.filter(({ isNew }) => isNew).length], [1, 1], 'users, new ones')
    })

    test('fails a bad login alone: its neighbours are written, and nothing of it is', async (store) => {
      const taken = sampleLogin()
      await recordSample(store, taken)
      const results = await Promise.allSettled([
        recordSample(store, sampleLogin({ openid: 'oGood' })),
        recordSample(store, sampleLogin({ openid: 'oBad', sessionId: taken.sessionId })),
        recordSample(store, sampleLogin({ openid: 'oAlsoGood' })),
      ])
      equal(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'], 'outcomes')
      equal((await recordSample(store, sampleLogin({ openid: 'oBad' }))).isNew, true, 'half of the bad login')
    })

    test('finds the openid of a user in an app, and null elsewhere', async (store) => {
      const { uid } = await recordSample(store, sampleLogin({ openid: 'oA' }))
      equal([await store.findOpenid(uid, 'wxemu0123456789abc'), await store.findOpenid(uid, 'wxemufedcba9876543')], ['oA', null], 'openids')
    })

    test('keeps a profile and tells it at the next login', async (store) => {
      const { uid } = await recordSample(store, sampleLogin({ openid: 'oA' }))
      const profile = { nickname: '小明🎉', avatarUrl: null, source: 'user' as const, updatedAt: NOW }
      const saved = await store.saveProfile(uid, profile)
      equal(saved?.profile, profile, 'saved')
      equal((await store.findUser(uid))?.profile, profile, 'found')
      equal((await recordSample(store, sampleLogin({ openid: 'oA' }))).profile, profile, 'told')
      equal(await store.saveProfile(id('u'), profile), null, 'unknown user')
    })

    test('keeps both session_keys of two logins within a code’s life: which is newer is not known', async (store) => {
      await recordSample(store, sampleLogin({ openid: 'oA', sessionKey: { fingerprint: 'k1', sealed: 'one' } }))
      await recordSample(store, sampleLogin({ openid: 'oA', issuedAt: NOW + CODE_LIFE_MS, sessionKey: { fingerprint: 'k2', sealed: 'two' } }))
      const keys = await store.findSessionKeys('wxemu0123456789abc', 'oA', NOW + 60 * CODE_LIFE_MS)
      equal(keys.map(({ sealed }) => sealed), ['two', 'one'], 'keys')
    })

    test('lets a superseded session_key open data for ten more minutes, then not', async (store) => {
      const later = NOW + CODE_LIFE_MS + 1
      await recordSample(store, sampleLogin({ openid: 'oA', sessionKey: { fingerprint: 'k1', sealed: 'one' } }))
      await recordSample(store, sampleLogin({ openid: 'oA', issuedAt: later, sessionKey: { fingerprint: 'k2', sealed: 'two' } }))
      const at = async (now: number): Promise<string[]> => (await store.findSessionKeys('wxemu0123456789abc', 'oA', now)).map(({ sealed }) => sealed)
      equal(await at(later + SUPERSEDED_KEY_LIFE_MS), ['two', 'one'], 'within')
      equal(await at(later + SUPERSEDED_KEY_LIFE_MS + 1), ['two'], 'after')
    })

    test('tries no more generations than the limit, and takes a key that comes back as current', async (store) => {
      for (const [i, fingerprint] of ['k1', 'k2', 'k3', 'k4', 'k1'].entries()) {
        await recordSample(store, sampleLogin({ openid: 'oA', issuedAt: NOW + i, sessionKey: { fingerprint, sealed: fingerprint } }))
      }
      const keys = await store.findSessionKeys('wxemu0123456789abc', 'oA', NOW + 10)
      equal(keys.map(({ sealed }) => sealed), ['k1', 'k4', 'k3'].slice(0, SESSION_KEY_GENERATIONS), 'keys')
    })

    test('ends a session once: the second end is null', async (store) => {
      const login = sampleLogin()
      const { uid } = await recordSample(store, login)
      const end = { sessionId: login.sessionId, uid, reason: 'logout' as const, at: NOW, tokenExpiresAt: null }
      const revocation = await store.endSession(end)
      equal([revocation?.kind, revocation?.subject, await store.endSession(end), await store.isSessionLive(login.sessionId)], ['session', login.sessionId, null, false], 'ends')
    })

    test('ends no session of another user', async (store) => {
      const login = sampleLogin()
      await recordSample(store, login)
      equal(await store.endSession({ sessionId: login.sessionId, uid: id('u'), reason: 'logout', at: NOW, tokenExpiresAt: null }), null, 'end')
      equal(await store.isSessionLive(login.sessionId), true, 'live')
    })

    test('ends all sessions by raising the epoch; a login afterwards stands', async (store) => {
      const [before, after] = [sampleLogin({ openid: 'oA' }), sampleLogin({ openid: 'oA' })]
      const { uid } = await recordSample(store, before)
      const revocation = await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
      const { epoch } = await recordSample(store, after)
      equal([revocation?.epoch, epoch], [2, 2], 'epochs')
      equal([await store.isSessionLive(before.sessionId), await store.isSessionLive(after.sessionId)], [false, true], 'live')
      equal(await store.endAllSessions({ uid: id('u'), reason: 'logout_everywhere', at: NOW }), null, 'unknown user')
    })

    test('remembers the end of a user for as long as any server may have given him a session, whatever its own setting', async (store) => {
      const login = sampleLogin({ expiresAt: NOW + LONGEST_SESSION_MS })
      const { uid } = await recordSample(store, login)
      const all = await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
      equal(all?.until, NOW + LONGEST_SESSION_MS, 'until')
    })

    test('remembers the end of a session until its own token expires', async (store) => {
      const login = sampleLogin({ expiresAt: NOW + 77 })
      const { uid } = await recordSample(store, login)
      const end = await store.endSession({ sessionId: login.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
      equal(end?.until, NOW + 77, 'until')
    })

    test('records the end of a session whose row is gone, for who holds its token, and for nobody else', async (store) => {
      const [sessionId, uid] = [id('s'), id('u')]
      const end = { sessionId, uid, reason: 'logout' as const, at: NOW, tokenExpiresAt: null }
      equal(await store.endSession(end), null, 'by the id')
      const { subject, until } = (await store.endSession({ ...end, tokenExpiresAt: NOW + 5 }))!
      equal([subject, until], [sessionId, NOW + 5], 'by the token')
    })

    test('bans a user: the sessions end, a login is refused and leaves no trace, until the ban is lifted', async (store) => {
      const [before, refused] = [sampleLogin({ openid: 'oA' }), sampleLogin({ openid: 'oA' })]
      const { uid } = await recordSample(store, before)
      const revocation = await store.ban(uid, NOW)
      equal([revocation?.kind, revocation?.reason, await store.isSessionLive(before.sessionId)], ['user', 'banned', false], 'ban')
      const [login, neighbour] = await Promise.all([store.recordLogin(refused), store.recordLogin(sampleLogin({ openid: 'oB' }))])
      equal([login, neighbour.banned, await store.isSessionLive(refused.sessionId), (await store.findUser(uid))?.bannedAt], [{ banned: true, uid }, false, false, NOW], 'logins')
      equal((await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW }))?.reason, 'banned', 'the ban stays the reason')
      const lifted = await store.unban(uid, NOW)
      equal([lifted?.kind, lifted?.reason, await store.unban(uid, NOW)], ['user', 'ban_lifted', null], 'lifted')
      equal((await recordSample(store, sampleLogin({ openid: 'oA' }))).uid, uid, 'logged in')
      equal([await store.ban(id('u'), NOW), await store.unban(id('u'), NOW)], [null, null], 'unknown user')
    })

    test('sets a nickname and leaves the avatar alone', async (store) => {
      const { uid } = await recordSample(store)
      await store.saveProfile(uid, { nickname: 'a', avatarUrl: 'https://x/a', source: 'wechat', updatedAt: NOW })
      const saved = await store.saveNickname(uid, 'b', NOW + 1)
      equal(saved?.profile, { nickname: 'b', avatarUrl: 'https://x/a', source: 'user', updatedAt: NOW + 1 }, 'profile')
      equal(await store.saveNickname(id('u'), 'b', NOW), null, 'unknown user')
    })

    test('lists the live sessions of a user, newest first, and no other', async (store) => {
      const make = (changes: Partial<LoginRecord>): LoginRecord => sampleLogin({ openid: 'oA', ...changes })
      const [old, newer, ended, expired] = [make({ device: 'iPhone' }), make({ issuedAt: NOW + 1 }), make({}), make({ expiresAt: NOW + 5 })]
      const { uid } = await recordSample(store, old)
      for (const login of [newer, ended, expired, sampleLogin({ openid: 'oB' })]) await recordSample(store, login)
      await store.endSession({ sessionId: ended.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
      const listed = await store.findSessions(uid, NOW + 5)
      equal(listed, [newer, old].map(({ sessionId, appid, device, issuedAt, expiresAt }) => ({ sessionId, appid, device, issuedAt, expiresAt })), 'sessions')
      await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
      equal(await store.findSessions(uid, NOW + 5), [], 'after the end of all')
    })

    test('ends the oldest sessions beyond the device policy, of this user in this app', async (store) => {
      const make = (changes: Partial<LoginRecord>): LoginRecord => sampleLogin({ openid: 'oA', mostSessions: 2, ...changes })
      const [first, second, third] = [make({}), make({ issuedAt: NOW + 1 }), make({ issuedAt: NOW + 2 })]
      const other = sampleLogin({ openid: 'oB', mostSessions: 2 })
      for (const login of [first, other, second]) equal((await recordSample(store, login)).replaced, [], 'within')
      const { replaced } = await recordSample(store, third)
      equal(replaced.map(({ kind, subject, reason, until }) => ({ kind, subject, reason, until })), [{ kind: 'session', subject: first.sessionId, reason: 'replaced', until: first.expiresAt }], 'replaced')
      const live = await Promise.all([first, second, third, other].map(({ sessionId }) => store.isSessionLive(sessionId)))
      equal(live, [false, true, true, true], 'live')
    })

    test('finds the identities of a user', async (store) => {
      const { uid } = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
      equal(await store.findIdentities(uid), [{ appid: 'wxemu0123456789abc', openid: 'oA', unionid: 'oU' }], 'identities')
    })

    test('keeps a unionid that appears later', async (store) => {
      const { uid } = await recordSample(store, sampleLogin({ openid: 'oA' }))
      await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
      equal((await store.findIdentities(uid))[0]?.unionid, 'oU', 'unionid')
    })

    test('numbers parallel revocations without gaps and reads them in order, in pages', async (store) => {
      const logins = Array.from({ length: 20 }, () => sampleLogin())
      const ends = await Promise.all(logins.map(async (login) => {
        const { uid } = await recordSample(store, login)
        return store.endSession({ sessionId: login.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
      }))
      equal(ends.map((end) => end?.seq ?? 0).sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1), 'numbers')
      equal((await store.revocationsAfter(5, 3)).map(({ seq }) => seq), [6, 7, 8], 'page')
      equal(await store.revocationsAfter(20, 3), [], 'end')
    })

    test('counts failures of encrypted data, of a session and of its user', async (store) => {
      const [uid, one, other] = [id('u'), id('s'), id('s')]
      equal(await store.countDecryptFailures(uid, one, 0), { session: 0, user: 0 }, 'none')
      for (const [session, at] of [[one, NOW], [one, NOW + 10], [other, NOW + 10]] as const) await store.addDecryptFailure(uid, session, at)
      await store.addDecryptFailure(id('u'), one, NOW + 10)
      equal(await store.countDecryptFailures(uid, one, NOW), { session: 2, user: 2 }, 'counted')
    })

    test('lets data be used by exactly one of 20 parallel callers', async (store) => {
      equal(await store.isDataUsed('hash'), false, 'before')
      const winners = await Promise.all(Array.from({ length: 20 }, () => store.useData('hash', NOW)))
      equal([winners.filter(Boolean).length, await store.isDataUsed('hash'), await store.useData('other', NOW)], [1, true, true], 'used')
    })

    test('binds a phone number to one user at a time: who proves it last has it', async (store) => {
      const [{ uid: first }, { uid: second }] = [await recordSample(store), await recordSample(store)]
      const phone = { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }
      await store.savePhone(first, phone, ['blind'])
      equal([await store.findPhone(first), await store.findPhone(second)], [phone, null], 'bound')
      await store.savePhone(second, { ...phone, sealed: 'other' }, ['under a new key', 'blind'])
      equal([await store.findPhone(first), (await store.findPhone(second))?.sealed], [null, 'other'], 'handed on')
      await store.savePhone(second, { ...phone, sealed: 'changed' }, ['another number'])
      equal((await store.findPhone(second))?.sealed, 'changed', 'changed')
    })

    test('gives a ticket to exactly one of 20 parallel callers, once, and to nobody after its time', async (store) => {
      const ticket = { uid: id('u'), appid: 'wxemu0123456789abc', sessionId: id('s') }
      await store.saveTicket('h1', ticket, NOW + 60)
      await store.saveTicket('h2', ticket, NOW + 60)
      const winners = await Promise.all(Array.from({ length: 20 }, () => store.useTicket('h1', NOW)))
      equal(winners.filter((winner) => winner !== null), [ticket], 'winners')
      equal([await store.useTicket('h2', NOW + 60), await store.useTicket('unknown', NOW)], [null, null], 'late, unknown')
    })

    test('finds an api key by its hash until it is revoked', async (store) => {
      const key = { id: 'k1', name: 'shop', createdAt: NOW }
      await store.saveApiKey('hash', key)
      equal([await store.findApiKey('hash'), await store.findApiKey('other')], [{ ...key, revokedAt: null }, null], 'found')
      equal([await store.revokeApiKey('k1', NOW + 1), await store.revokeApiKey('k1', NOW + 2)], [true, false], 'revoked')
      equal([await store.findApiKey('hash'), await store.listApiKeys()], [null, [{ ...key, revokedAt: NOW + 1 }]], 'afterwards')
    })

    test('keeps an access_token by compare-and-set: of two writers that saw the same version one wins', async (store) => {
      const app = 'wxemu0123456789abc'
      const save = (sealed: string, version: number): Promise<boolean> => store.saveAccessToken(app, { sealed, expiresAt: NOW }, { version })
      equal(await store.findAccessToken(app), null, 'none')
      equal(await Promise.all([save('a', 0), save('b', 0)]), [true, false], 'first')
      equal(await store.findAccessToken(app), { sealed: 'a', expiresAt: NOW, version: 1 }, 'found')
      equal([await save('c', 1), await save('d', 1), (await store.findAccessToken(app))?.sealed], [true, false, 'c'], 'second')
    })

    test('lets one caller force a refresh within the interval', async (store) => {
      const claims = await Promise.all(Array.from({ length: 5 }, () => store.claimForcedRefresh('app', NOW, 30_000)))
      equal(claims.filter(Boolean).length, 1, 'winners')
      equal([await store.claimForcedRefresh('app', NOW + 29_999, 30_000), await store.claimForcedRefresh('app', NOW + 30_000, 30_000)], [false, true], 'later')
    })

    test('prunes what has been over for a day and nothing else', async (store) => {
      const DAY = PRUNE_MARGIN_MS
      const [old, live] = [sampleLogin({ openid: 'oA', expiresAt: NOW + 10 }), sampleLogin({ openid: 'oA', issuedAt: NOW + 2 * CODE_LIFE_MS, expiresAt: NOW + 2 * DAY })]
      const { uid } = await recordSample(store, old)
      await recordSample(store, live)
      await store.endSession({ sessionId: old.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
      const rows = async (): Promise<unknown> => [(await store.revocationsAfter(0, 10)).length, await store.isSessionLive(live.sessionId), (await store.findSessionKeys(old.appid, 'oA', 0)).length]
      await store.prune(NOW + DAY, 100)
      equal(await rows(), [1, true, 2], 'within the day')
      await store.prune(NOW + 2 * CODE_LIFE_MS + DAY + 1, 100)
      equal(await rows(), [0, true, 1], 'after it')
      equal((await store.findUser(uid))?.uid, uid, 'the user stays')
    })

    test('gives null for what it does not know, and answers a ping', async (store) => {
      await store.ping()
      equal([await store.findUser(id('u')), await store.findSessionKeys('wxemu0123456789abc', 'oNobody', NOW), await store.isSessionLive(id('s'))], [null, [], false], 'unknown')
    })
  })
}
