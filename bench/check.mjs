// Checking a session in process, with a million users and a million revocations loaded, against libsodium's bare opening of the same token.
import { createRequire } from 'node:module'
import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hkdfSync } from 'node:crypto'
import { createAuth } from '@tongxing/server'
import { sealData, unsealData } from 'iron-session'
import { SignJWT, jwtVerify } from 'jose'
import Database from 'libsql'
import { APP, median, startServer } from './peers.mjs'

const sodium = createRequire(new URL('../packages/server/package.json', import.meta.url))('libsodium-wrappers')
const jwt = createRequire(import.meta.url)('jsonwebtoken')

const TOKENS = 2000
const SLICES = 31
const MANY = 1_000_000

export async function measure(say) {
  await sodium.ready
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-bench-'))
  const wechat = await startServer('wechat')
  const open = () => createAuth({ apps: [APP], dataDir, wechat: { emulator: true, baseURL: wechat.url } })
  let auth = await open()
  const tokens = []
  for (let i = 0; i < TOKENS; i++) tokens.push((await auth.login({ appid: APP.appid, code: `p${i}-c${i}` })).token)
  await auth.close()
  say('writing a million users and a million revocations')
  fill(path.join(dataDir, 'tongxing.db'))
  const startedAt = performance.now()
  auth = await open()
  const loaded = (performance.now() - startedAt) / 1000

  const bare = bareOpen(dataDir)
  const parts = tokens.map(bare.parse)
  const peers = await openPeers()
  const figures = { ours: [], bare: [], peers: peers.map(() => []) }
  for (let slice = 0; slice < SLICES; slice++) {
    figures.ours.push(await perCall(tokens, (token) => auth.verify(token)))
    figures.bare.push(await perCall(parts, bare.open))
    if (slice % 10 === 0) for (const [i, { tokens: theirs, check }] of peers.entries()) figures.peers[i].push(await perCall(theirs, check))
  }
  await auth.close()
  await wechat.stop()
  rmSync(dataDir, { recursive: true })
  const [ours, floor] = [median(figures.ours), median(figures.bare)]
  return [{
    what: 'session check, 1 M users and 1 M revocations loaded, against libsodium’s bare opening', result: `${(ours / floor).toFixed(2)} ×`, accept: '≤ 4 ×', aim: '≤ 3 ×', holds: ours / floor <= 4,
    detail: `${ours.toFixed(1)} µs against ${floor.toFixed(1)}; loading took ${loaded.toFixed(1)} s`,
  }, ...peers.map(({ name, least }, i) => {
    const theirs = median(figures.peers[i])
    return {
      what: `the same check, revocations and all, against ${name}, which knows no revocation`, result: `${(theirs / ours).toFixed(1)} × faster`, accept: `≥ ${least} ×`, aim: `≥ ${least} ×`, holds: theirs / ours >= least,
      detail: `${ours.toFixed(1)} µs against ${theirs.toFixed(1)}`,
    }
  })]
}

// The ways to check a token that the field uses, each on fifty tokens of its own.
async function openPeers() {
  const [text, key] = ['a secret string of some length, and then some', createSecretKey(randomBytes(32))]
  const fifty = (make) => Promise.all(Array.from({ length: 50 }, (_, id) => make({ id, uid: `u_${id}` })))
  return [
    { name: 'jsonwebtoken as the tutorials use it (a string secret)', least: 150, tokens: await fifty((claims) => jwt.sign(claims, text)), check: (token) => jwt.verify(token, text) },
    { name: 'jsonwebtoken with a KeyObject', least: 4, tokens: await fifty((claims) => jwt.sign(claims, key)), check: (token) => jwt.verify(token, key) },
    { name: 'jose, HS256', least: 20, tokens: await fifty((claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('7d').sign(key)), check: (token) => jwtVerify(token, key) },
    { name: 'iron-session', least: 90, tokens: await fifty((claims) => sealData(claims, { password: text })), check: (token) => unsealData(token, { password: text }) },
  ]
}

async function perCall(inputs, call) {
  const startedAt = performance.now()
  for (const input of inputs) await call(input)
  return (performance.now() - startedAt) * 1000 / inputs.length
}

function bareOpen(dataDir) {
  const [kid, key] = JSON.parse(readFileSync(path.join(dataDir, 'keys.json'), 'utf8')).keys.split(':')
  const tokenKey = new Uint8Array(hkdfSync('sha256', Buffer.from(key, 'base64url'), kid, 'tongxing token v1', 32))
  return {
    parse(token) {
      const bytes = Buffer.from(token.slice(4), 'base64url')
      return { context: bytes.subarray(0, 5), nonce: bytes.subarray(5, 29), sealed: bytes.subarray(29) }
    },
    open: ({ context, nonce, sealed }) => sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, context, nonce, tokenKey),
  }
}

// Straight into the tables: what a busy service has after a while.
function fill(file) {
  const db = new Database(file)
  const until = Date.now() + 7 * 86_400_000
  const user = db.prepare('insert into users (uid, epoch, created_at) values (?, 1, 0)')
  const revocation = db.prepare('insert into revocations (seq, kind, subject, epoch, reason, until) values (?, ?, ?, ?, ?, ?)')
  db.exec('begin')
  for (let i = 1; i <= MANY; i++) {
    const id = randomBytes(16).toString('base64url')
    user.run([`u_${id}`])
    if (i % 2) revocation.run([i, 'session', `s_${id}`, 0, 'logout', until])
    else revocation.run([i, 'user', `u_${id}`, 2, 'logout_everywhere', until])
  }
  db.prepare('update counters set value = ?').run([MANY])
  db.exec('commit')
  db.close()
}
