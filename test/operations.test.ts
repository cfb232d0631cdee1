import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { backup, restore } from '@tongxing/server'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { countCalls, openStage } from './stage.js'
import type { Stage } from './stage.js'

const EXECUTABLE = path.join(path.dirname(createRequire(import.meta.url).resolve('@tongxing/server/package.json')), 'dist/cli/tongxing.js')

interface Ran { readonly code: number | null, readonly out: string, readonly err: string }

function tongxing(stage: Stage, words: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const [app] = stage.emulator.apps
  const child = spawn(process.execPath, [EXECUTABLE, ...words], {
    env: { ...process.env, LANG: 'C', LC_ALL: '', WECHAT_APPID: app!.appid, WECHAT_SECRET: app!.secret, WECHAT_BASE_URL: stage.emulator.url, WECHAT_EMULATOR: '1', TONGXING_DATA: stage.dataDir, TONGXING_LOG_LEVEL: 'error', ...env },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}

const optionsOf = (stage: Stage) => ({
  apps: stage.emulator.apps.map(({ appid, secret }) => ({ appid, secret })), dataDir: stage.dataDir, clock: stage.emulator.clock,
  wechat: { emulator: true, baseURL: stage.emulator.url },
})

it('F19, F20: after a restore nothing that was ended revives: sessions die cleanly, bans and revoked keys stay, phones log in silently', async () => {
  const stage = await openStage({ emulator: { people: [{ id: 'xiaoming' }, { id: 'xiaohong' }] } })
  const { device, client } = stage.phone()
  await client.ready()
  const loggedOut = await stage.login()
  const banned = await stage.login('xiaohong')
  const { uid } = await stage.auth.verify(banned)
  const key = await stage.auth.apiKeys.create('shop')
  const folder = path.join(stage.dataDir, 'backups', 'monday')
  backup(optionsOf(stage), folder)
  await stage.post('/v1/logout', {}, loggedOut)
  await stage.auth.users.ban(uid)
  await stage.auth.apiKeys.revoke(key.id)
  stage.emulator.clock.advance(60_000)
  const newer = await stage.login()

  await stage.restart({}, async () => {
    const { kept } = await restore(optionsOf(stage), folder)
    expect(kept).toMatch(/tongxing\.db\.\d{4}-/)
  })
  for (const token of [loggedOut, newer]) expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ code: 'session_revoked', reason: 'restored', action: 'relogin' })
  expect((await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person: 'xiaohong' }) })).json).toMatchObject({ code: 'user_disabled' })
  expect(await stage.auth.apiKeys.isValid(key.key)).toBe(false)
  device.domains['https://api.demo.test'] = stage.url
  expect((await client.get('/v1/me')).statusCode).toBe(200)
  expect(countCalls(device, 'login')).toBe(2)
})

it('T61: who was erased after the backup was made stays erased after the restore, and a new login makes a new user', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const { uid } = await stage.auth.verify(token)
  const folder = path.join(stage.dataDir, 'backup')
  backup(optionsOf(stage), folder)
  expect((await stage.post('/v1/me/erase', {}, token)).status).toBe(200)
  await stage.restart({}, async () => { await restore(optionsOf(stage), folder) })
  expect(await stage.auth.users.get(uid)).toBeNull()
  const again = (await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })).json as { user: { uid: string, isNew: boolean } }
  expect([again.user.isNew, again.user.uid === uid]).toEqual([true, false])
})

it('F20: a damaged, foreign or missing backup is refused, and nothing is changed', async () => {
  const stage = await openStage()
  const token = await stage.login()
  await expect(restore(optionsOf(stage), path.join(stage.dataDir, 'nowhere'))).rejects.toThrow(/no such file/)
  expect((await stage.send('GET', '/v1/me', { token })).status).toBe(200)
  const folder = path.join(stage.dataDir, 'again')
  backup(optionsOf(stage), folder)
  expect(() => backup(optionsOf(stage), folder)).toThrow(/EEXIST|exists|already/)
})

it('F31, F33: an older server leaves a database alone that a newer one has changed, says what to do, and goes back to a backup: what was erased or banned since stays so', async () => {
  const stage = await openStage({ emulator: { people: [{ id: 'xiaoming' }, { id: 'xiaohong' }, { id: 'xiaogang' }] } })
  const [erased, banned, other] = await Promise.all(['xiaoming', 'xiaohong', 'xiaogang'].map((person) => stage.login(person)))
  const [{ uid: erasedUid }, { uid: bannedUid }] = [await stage.auth.verify(erased!), await stage.auth.verify(banned!)]
  const folder = path.join(stage.dataDir, 'before-the-upgrade')
  expect((await tongxing(stage, ['backup', folder])).code).toBe(0)
  await stage.post('/v1/me/erase', {}, erased)
  await stage.auth.users.ban(bannedUid)

  await stage.restart({}, async () => {
    const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
    for (const change of ['alter table users add column color text', 'alter table disabled_apps add column why text', 'insert into kysely_migration values (\'9001_colors\', \'2030-01-01\')']) db.all(change)
    const before = db.all('select * from kysely_migration')
    for (const words of [['users', 'conflicts'], ['serve']]) {
      const { code, err } = await tongxing(stage, words)
      expect([words, code, err]).toEqual([words, 1, expect.stringMatching(/changed by a newer version of Tongxing \(step 9001_colors\).*run the newer version, or stop every server and go back to a backup.*tongxing restore FOLDER/)])
    }
    expect((await tongxing(stage, ['doctor'], { LANG: 'C' })).out).toMatch(/✗.*newer version of Tongxing \(step 9001_colors\)/)
    expect(db.all('select * from kysely_migration')).toEqual(before)
    const newer = path.join(stage.dataDir, 'newer')
    backup(optionsOf(stage), newer)
    await expect(restore(optionsOf(stage), newer)).rejects.toThrow(/newer version of Tongxing \(step 9001_colors\), which alone can restore it/)
    db.close()
    const { code, err } = await tongxing(stage, ['restore', folder, '--servers-are-stopped'])
    expect([code, err]).toEqual([0, ''])
  })
  expect(await stage.auth.users.get(erasedUid)).toBeNull()
  expect((await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person: 'xiaohong' }) })).json).toMatchObject({ code: 'user_disabled' })
  expect((await stage.send('GET', '/v1/me', { token: other! })).json).toMatchObject({ code: 'session_revoked', reason: 'restored', action: 'relogin' })
  expect((await stage.send('GET', '/v1/me', { token: await stage.login('xiaogang') })).status).toBe(200)
}, 60_000)

it('F19: a backup taken while 200 logins are under way holds every login that was answered before it began', async () => {
  const stage = await openStage({ emulator: { minuteQuota: 1000 } })
  const before = await Promise.all(Array.from({ length: 20 }, () => stage.login()))
  const under = Array.from({ length: 200 }, () => stage.login())
  const folder = path.join(stage.dataDir, 'under-load')
  backup(optionsOf(stage), folder)
  await Promise.all(under)
  const { uid } = await stage.auth.verify(before[0]!)
  const { auth } = await stage.another({ dataDir: folder })
  expect((await auth.users.sessions(uid)).length).toBeGreaterThanOrEqual(20)
})

it('the commands show, ban and sign out a user, and list his sessions', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const { uid } = await stage.auth.verify(token)
  expect((await tongxing(stage, ['users', 'show', uid])).out).toMatch(new RegExp(`uid +${uid}[\\s\\S]*state +active[\\s\\S]*identity +${stage.appid}`))
  expect((await tongxing(stage, ['sessions', uid])).out).toMatch(/^s_\S+ +wxemu/)
  const [ban, nobody, verify, wrong] = await Promise.all([['users', 'ban', uid], ['users', 'ban', 'u_nobody'], ['audit', 'verify'], ['toString']].map((words) => tongxing(stage, words)))
  expect(ban!.out).toContain('banned')
  expect(nobody).toMatchObject({ code: 1, err: 'there is no user u_nobody\n' })
  expect(verify!.out).toMatch(/is whole: \d+ events/)
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('unknown command') as string })
}, 60_000)

it('imports a file of users, tells which rows were wrong, and changes nothing the second time', async () => {
  const stage = await openStage()
  const file = path.join(stage.dataDir, 'users.jsonl')
  const rows = Array.from({ length: 600 }, (_, i) => JSON.stringify({ appid: stage.appid, openid: `oImported${i}`, externalId: `shop-${i}` }))
  // With the mark that Windows puts in front of a text.
  writeFileSync(file, `\uFEFF${[...rows, JSON.stringify({ appid: 'wxemu0000000000000', openid: 'oNobody' })].join('\r\n')}`)
  const first = await tongxing(stage, ['users', 'import', file])
  expect([first.err, first.out]).toEqual(['', expect.stringMatching(/row 601: appid\n601 rows: 600 users created.*1 with problems\n$/s)])
  expect((await tongxing(stage, ['users', 'import', file])).out).toMatch(/600 unchanged, 1 with problems\n$/)
  expect(await stage.auth.users.findByExternalId('shop-599')).toMatchObject({ identities: [{ openid: 'oImported599' }] })
  writeFileSync(file, 'not json')
  expect(await tongxing(stage, ['users', 'import', file])).toMatchObject({ code: 1, err: expect.stringContaining('line 1 is no JSON') as string })
}, 60_000)

it('the help names every command, and keeps each variable apart from its meaning', async () => {
  const { code, out } = await tongxing(await openStage(), ['--help'])
  expect(code).toBe(0)
  for (const command of ['serve', 'keys', 'api-keys', 'users', 'apps', 'sessions', 'audit', 'backup', 'restore', 'doctor']) expect(out).toContain(`\n  tongxing ${command} `)
  const variables = out.slice(out.indexOf('Environment:')).split('\n').filter((line) => /^ {2}\S/.test(line))
  expect(variables.length).toBeGreaterThan(15)
  expect(variables.filter((line) => !/^ {2}[A-Z_]+ /.test(line))).toEqual([])
})

it('the doctor finds a healthy installation healthy, in the reader’s language', async () => {
  const stage = await openStage()
  const english = await tongxing(stage, ['doctor'])
  expect([english.code, english.err]).toEqual([0, ''])
  expect(english.out).toContain(`✓ WeChat accepts AppID and AppSecret of ${stage.appid}`)
  expect((await tongxing(stage, ['doctor'], { LANG: 'zh_CN.UTF-8' })).out).toContain(`✓ 微信接受 ${stage.appid} 的 AppID 和 AppSecret`)
})

it('the doctor tells a wrong AppSecret, a silent WeChat and a wrong configuration apart', async () => {
  const stage = await openStage()
  const wrong = await tongxing(stage, ['doctor'], { WECHAT_SECRET: 'f'.repeat(32) })
  expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('the AppSecret is wrong')])
  const silent = await tongxing(stage, ['doctor'], { WECHAT_BASE_URL: 'http://127.0.0.1:9' })
  expect([silent.code, silent.out]).toEqual([1, expect.stringContaining('can be reached from here')])
  const misconfigured = await tongxing(stage, ['doctor'], { TONGXING_PORT: 'x', TONGXING_SESSION_DAYS: '0' })
  expect([misconfigured.code, misconfigured.out.match(/✗/g)?.length]).toEqual([1, 2])
})
