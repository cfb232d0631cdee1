import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { recordSample, sampleLogin } from '../conformance.js'
import { openSqliteStore } from './sqlite.js'

/** LONG_TESTS=1: the 10,000 sequences of T36. */
const SEQUENCES = process.env.LONG_TESTS ? 10_000 : 250
const APPS = ['wxemu0000000000001', 'wxemu0000000000002', 'wxemu0000000000003']

/** What was told of each openid, and who it is. */
type Known = Map<string, { readonly app: number, readonly person: number, readonly uid: string, readonly unionid: string | null, readonly scope: number | null }>

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
    const names = String(sequence++)
    const accounts = APPS.map(() => 0)
    const known: Known = new Map()
    const logIn = async (app: number, person: number, withUnionid: boolean): Promise<void> => {
      const account = accounts[app]!
      const openid = `o${app}.${person}.${names}`
      // The same text in two accounts is two people.
      const unionid = withUnionid ? `u${(person + account) % 2}.${names}` : null
      const { uid } = await recordSample(store, sampleLogin({ appid: APPS[app]!, openid, unionScope: `account${account}.${names}`, unionid }))
      const before = known.get(openid)
      const survivor = (await store.findUser(before?.uid ?? uid))!.uid
      expect(uid, 'an identity changed its user').toBe(survivor)
      known.set(openid, { app, person, uid, unionid: unionid ?? before?.unionid ?? null, scope: unionid === null ? before?.scope ?? null : account })
    }
    for (const one of steps) {
      if (one.kind === 'move') accounts[one.app] = one.account
      else if (one.kind === 'settle') await settle()
      else await logIn(one.app, one.person, one.withUnionid)
    }
    await check(known)
    await settle()
    for (const { app, person } of known.values()) await logIn(app, person, false)
    await check(known)
  }), { numRuns: SEQUENCES })

  async function settle(): Promise<void> {
    for (const { uid, owner } of await store.findUnionConflicts(100)) await store.mergeUsers({ from: uid, into: owner, at: 0, phone: null })
  }

  async function check(known: Known): Promise<void> {
    const conflicts = new Set((await store.findUnionConflicts(1000)).map(({ uid, owner }) => [uid, owner].sort().join(' ')))
    const owners = new Map<string, Set<string>>()
    for (const uid of new Set([...known.values()].map((one) => one.uid))) {
      const identities = await store.findIdentities(uid)
      expect(new Set(identities.map(({ openid }) => known.get(openid)?.person)).size, 'a user with openids of two people').toBeLessThanOrEqual(1)
      for (const { openid, unionid } of identities) {
        const { unionid: told, scope } = known.get(openid)!
        expect(unionid, 'the unionid that WeChat told last').toBe(told)
        const link = `${scope} ${unionid}`
        if (unionid !== null) owners.set(link, (owners.get(link) ?? new Set()).add((await store.findUser(uid))!.uid))
      }
    }
    for (const holders of owners.values()) {
      const [owner, ...others] = [...holders]
      // Each pair stands in the list by the one who owns the unionid.
      expect(others.length === 0 || [owner!, ...others].filter((uid) => [...holders].some((other) => conflicts.has([uid, other].sort().join(' ')))).length === holders.size, 'a unionid of two users, and no conflict').toBe(true)
    }
  }
}, 600_000)
