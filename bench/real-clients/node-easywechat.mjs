// node-easywechat: a back end's SDK, led to the emulator by its own setting `http.baseURL`.
import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encryptUserData } from '@tongxing/emulator'
import { exchange, openEmulator, outcome } from './stage.mjs'

const { MiniApp } = createRequire(import.meta.url)('node-easywechat')
const COLD_CALLS = 50

const open = ({ emulator, appid, secret }, options = {}) => new MiniApp({ app_id: appid, secret, file_cache: { path: mkdtempSync(path.join(tmpdir(), 'real-clients-')) }, http: { baseURL: `${emulator.url}/` }, ...options })

export async function run() {
  const stage = await openEmulator()
  try {
    return [...await logins(stage), ...await phone(stage), ...await tokens(stage), ...await data(stage)]
  } finally {
    await stage.emulator.close()
  }
}

async function logins(stage) {
  const utils = open(stage).getUtils()
  const code = stage.emulator.issueCode(stage)
  const session = await utils.codeToSession(code)
  const [again, message] = await outcome(utils.codeToSession(code))
  return [
    { what: 'exchanges a code, although the JSON comes as text/plain', holds: /^o.{27}$/.test(session.openid) && session.session_key.length === 24 },
    { what: 'a code used twice is an error with 40163', holds: again === 'failed' && message.includes('40163') },
  ]
}

async function phone(stage) {
  const app = open(stage)
  const code = stage.emulator.issuePhoneCode(stage)
  const client = app.getClient()
  const [state, answer] = await outcome(client.postJson('/wxa/business/getuserphonenumber', { code }))
  return [{ what: 'gets a phone number by code, with an access_token of its own', holds: state === 'ok' && answer.toObject().phone_info.purePhoneNumber.length === 11 }]
}

async function tokens(stage) {
  // A folder of its own: its cache is made of files, and nothing is in it yet.
  const cold = open(stage, { file_cache: { path: mkdtempSync(path.join(tmpdir(), 'real-clients-')) } }).getAccessToken()
  const before = stage.asked('/cgi-bin/token')
  const tokens = await Promise.all(Array.from({ length: COLD_CALLS }, () => cold.getToken()))
  const fetched = stage.asked('/cgi-bin/token') - before
  return [{ theirs: true, what: `${COLD_CALLS} cold calls fetch ${fetched} access_tokens, ${new Set(tokens).size} of them different`, holds: fetched === COLD_CALLS }]
}

async function data(stage) {
  const { session_key: key } = await exchange(stage, stage.emulator.issueCode(stage))
  const { encryptedData, iv } = stage.emulator.profileOf(stage)
  const utils = open(stage).getUtils()
  const opened = utils.decryptSession(key, iv, encryptedData)
  const foreign = encryptUserData(key, iv, JSON.stringify({ phoneNumber: '13800138000', watermark: { appid: 'wxemu000000000ffff', timestamp: 0 } }))
  const [state, accepted] = await outcome(Promise.resolve().then(() => utils.decryptSession(key, iv, foreign)))
  return [
    { what: 'opens encryptedData', holds: opened.watermark.appid === stage.appid },
    { theirs: true, what: 'takes encryptedData whose watermark is another app’s, of 1970', holds: state === 'ok' && accepted.phoneNumber === '13800138000' },
  ]
}
