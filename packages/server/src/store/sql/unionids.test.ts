import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { recordSample, sampleLogin } from '../conformance.js'
import { openSqliteStore } from './sqlite.js'

/** LONG_TESTS=1: the 10,000 sequences of T36. */
const SEQUENCES = process.env.LONG_TESTS ? 10_000 : 1000
const APPS = ['wxemu0000000000001', 'wxemu0000000000002', 'wxemu0000000000003']

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('login' as const), app: fc.nat(2), person: fc.nat(1), withUnionid: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), app: fc.nat(2), account: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
)

it(`T36: in ${SEQUENCES} random sequences of logins, moved apps and merges nobody gets somebody else’s openid, and users who share a unionid are told`, async () => {
  const store = await openSqliteStore({ file: ':memory:', pseudonym: String })
  onTestFinished(() => store.close())
  let sequence = 0

  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
    // Names of this sequence alone, so that all of them can share one database.
    const scopeOf = (account: number): string => `account${account}.${sequence}`
    sequence++
    const accounts = APPS.map(() => 0)
    const people = new Map<string, number>()
    const firstUid = new Map<string, string>()
    for (const one of steps) {
      if (one.kind === 'move') accounts[one.app] = one.account
      else if (one.kind === 'settle') await settle()
      else {
        const unionScope = scopeOf(accounts[one.app]!)
        const openid = `o${one.app}.${one.person}.${sequence}`
        const { uid } = await recordSample(store, sampleLogin({ appid: APPS[one.app]!, openid, unionScope, unionid: one.withUnionid ? `u${one.person}.${unionScope}` : null }))
        const survivor = (await store.findUser(firstUid.get(openid) ?? uid))!.uid
        expect(uid, 'an identity changed its user').toBe(survivor)
        firstUid.set(openid, uid)
        people.set(openid, one.person)
      }
    }
    await check(people, firstUid)
  }), { numRuns: SEQUENCES })

  async function settle(): Promise<void> {
    for (const { uid, owner } of await store.findUnionConflicts(100)) await store.mergeUsers({ from: uid, into: owner, at: 0, phone: null })
  }

  async function check(people: Map<string, number>, uids: Map<string, string>): Promise<void> {
    const conflicts = new Set((await store.findUnionConflicts(1000)).map(({ uid, owner }) => [uid, owner].sort().join(' ')))
    const owners = new Map<string, Set<string>>()
    for (const uid of new Set(uids.values())) {
      const identities = await store.findIdentities(uid)
      expect(new Set(identities.map(({ openid }) => people.get(openid))).size, 'a user with openids of two people').toBe(1)
      for (const { unionid } of identities) if (unionid !== null) owners.set(unionid, (owners.get(unionid) ?? new Set()).add((await store.findUser(uid))!.uid))
    }
    for (const holders of owners.values()) {
      const [owner, ...others] = [...holders]
      // Each pair stands in the list by the one who owns the unionid.
      expect(others.length === 0 || [owner!, ...others].filter((uid) => [...holders].some((known) => conflicts.has([uid, known].sort().join(' ')))).length === holders.size, 'a unionid of two users, and no conflict').toBe(true)
    }
  }
}, 600_000)
