// Does time tell why encrypted data was refused? Every kind of failure in turn, in one run, each against bad padding; writes ORACLE.md.
// A report and no gate: what a difference of microseconds would be worth is bounded by the budget of failures, which is off here.
import { createCipheriv, randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createAuth, createHandler } from '@tongxing/server'

const ROUNDS = Number(process.argv[2] ?? 10_000)
const WARM_UP = 500
const APP = { appid: 'wxemu0000000000001', secret: '0'.repeat(32) }
const KEY = randomBytes(16)
const AGAINST = 'bad padding'

const number = { phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: '86' }
const watermark = (changes = {}) => ({ appid: APP.appid, timestamp: Math.floor(Date.now() / 1000), ...changes })

/** Encrypted as WeChat does; `paddedBy` puts other bytes where the padding stands. */
function seal(plain, { key = KEY, paddedBy } = {}) {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
  const missing = 16 - plain.length % 16
  const padding = paddedBy ?? Buffer.alloc(missing, missing)
  const bytes = Buffer.concat([plain, padding.length === missing ? padding : Buffer.alloc(missing, padding[0])])
  return { encryptedData: Buffer.concat([cipher.update(bytes), cipher.final()]).toString('base64'), iv: iv.toString('base64') }
}

const json = (value) => Buffer.from(JSON.stringify(value))
const whole = () => json({ ...number, watermark: watermark() })
const sameLength = (byte) => Buffer.alloc(whole().length, byte)
const FAILURES = {
  'bad padding': () => seal(whole(), { paddedBy: Buffer.from([0]) }),
  'another key': () => seal(whole(), { key: randomBytes(16) }),
  'no base64': () => ({ ...seal(whole()), encryptedData: '*'.repeat(seal(whole()).encryptedData.length) }),
  'half a block': () => ({ ...seal(whole()), encryptedData: randomBytes(whole().length - whole().length % 16 + 8).toString('base64') }),
  'good padding, no UTF-8': () => seal(sameLength(0xff)),
  'good padding, no JSON': () => seal(sameLength(0x78)),
  'no watermark': () => seal(json({ ...number, filler: 'x'.repeat(48) })),
  'watermark of another app': () => seal(json({ ...number, watermark: watermark({ appid: 'wxemu0000000000002' }) })),
  'watermark of yesterday': () => seal(json({ ...number, watermark: watermark({ timestamp: Math.floor(Date.now() / 1000) - 86_400 }) })),
  'no number': () => seal(json({ somethingElse: '13800138000', padding: 'x'.repeat(36), watermark: watermark() })),
}

const wechat = createServer((_, response) => response.end(JSON.stringify({ openid: 'oBench', session_key: KEY.toString('base64') })))
await new Promise((resolve) => wechat.listen(0, '127.0.0.1', resolve))
const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-oracle-'))
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const auth = await createAuth({ apps: [APP], dataDir, phoneEncryptedData: true, decryptBudget: false, log: silent, wechat: { emulator: true, baseURL: `http://127.0.0.1:${wechat.address().port}` } })
const handler = createHandler(auth)
const { token } = await auth.login({ appid: APP.appid, code: 'code' })

const answers = new Set()
async function timeOf(data) {
  const request = new Request('http://localhost/v1/me/phone', { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(data) })
  const startedAt = process.hrtime.bigint()
  const response = await handler(request)
  const text = await response.text()
  const took = Number(process.hrtime.bigint() - startedAt) / 1000
  answers.add(`${response.status} ${text}`)
  return took
}

const names = Object.keys(FAILURES)
const times = Object.fromEntries(names.map((name) => [name, []]))
for (let round = -WARM_UP; round < ROUNDS; round++) {
  // Another order each time: what ran before must not be a habit.
  for (const name of shuffled(names)) {
    const took = await timeOf(FAILURES[name]())
    if (round >= 0) times[name].push(took)
  }
}
await auth.close()
wechat.close()
wechat.closeAllConnections()
rmSync(dataDir, { recursive: true })
if (answers.size !== 1) throw new Error(`the failures have ${answers.size} different answers`)

const against = summaryOf(times[AGAINST])
const rows = names.map((name) => {
  const one = summaryOf(times[name])
  const t = name === AGAINST ? '' : welch(one, against).toFixed(1)
  return `| ${name} | ${one.median.toFixed(1)} | ${(one.median / against.median).toFixed(3)} | ${t} |`
})
const text = `# Timing of refused encrypted data

Written by \`node bench/oracle.mjs\`: ${ROUNDS} requests of each kind to \`POST /v1/me/phone\`, in process, in another order each round, the budget of failures off. All ${names.length} kinds had the same bytes.
Welch’s t compares the means with those of “${AGAINST}”, the slowest 1 % of each kind left out; beyond ±4.5 a difference is real, however small. It is reported and gates nothing: with the budget (5 failures a session, 20 a user in 24 hours) nobody can average it out.

Node ${process.version} · ${cpus().length} × ${cpus()[0].model.trim()} · load average ${loadavg().map((load) => load.toFixed(1)).join(' ')} · ${new Date().toISOString().slice(0, 10)}

| failure | median, µs | against ${AGAINST} | Welch’s t |
| --- | --- | --- | --- |
${rows.join('\n')}
`
writeFileSync(new URL('ORACLE.md', import.meta.url), text)
process.stdout.write(text)

function shuffled(list) {
  const left = [...list]
  return list.map(() => left.splice(randomInt(left.length), 1)[0])
}

// The slowest are the collector's and other processes'.
function summaryOf(figures) {
  const sorted = figures.toSorted((a, b) => a - b)
  const kept = sorted.slice(0, Math.ceil(sorted.length * 0.99))
  const mean = kept.reduce((sum, one) => sum + one, 0) / kept.length
  const variance = kept.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (kept.length - 1)
  return { mean, variance, count: kept.length, median: sorted[sorted.length >> 1] }
}

function welch(a, b) {
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count)
}
