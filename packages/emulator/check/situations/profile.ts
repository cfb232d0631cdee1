import type { SignedProfile } from '#emulator'
import { demand, demandHonest, demandNoBreak, quote } from '../situation.js'
import type { Situation } from '../situation.js'
import type { LoggedIn, Stage } from '../stage.js'
import { joined, same, text } from '../text.js'
import type { Text } from '../text.js'

const FALSE_PROFILE = text('用户可以把自己改成任何昵称和头像，冒充客服或别人', 'users give themselves any name and face, and pass for your staff or for others')
const CHECK_SIGNATURE = text('signature 必须等于 sha1(rawData 原文 + session_key)；rawData 不要解析后再序列化', 'demand signature = sha1(rawData as it came + session_key); never parse rawData and write it anew')

/** Signed profiles: rawData and signature. */
export const profileSituations: readonly Situation[] = [
  {
    id: 'profile-honest', severity: 'error', needs: 'profile.signature', gate: true, source: 'WeChat: signature verification',
    title: text('微信签过名的资料被接受', 'a profile that WeChat signed is accepted'),
    why: text('正常用户无法提交资料；常见原因是对 rawData 做了改动，或用解码后的 session_key 验签', 'honest users cannot give their profile; mostly rawData was touched, or session_key was decoded before hashing'), fix: CHECK_SIGNATURE,
    async run(stage) {
      const { person, token } = await stage.logIn()
      stage.emulator.changePerson(person, { nickName: '王 "小明"\\😀 é</b>' })
      demandHonest(await stage.sendProfile(token, stage.profileOf(person)), 'profile')
    },
  },
  {
    id: 'profile-no-token', severity: 'critical', needs: 'profile.signature', source: 'RFC 6750',
    title: text('没有令牌不能提交资料', 'no profile without a token'), why: FALSE_PROFILE,
    fix: text('资料接口先验令牌', 'let the profile route check the token first'),
    async run(stage) {
      const { person } = await stage.logIn()
      const { profile } = stage.mapping
      const answer = await stage.backEnd.send(profile ?? { path: '/' }, { ...stage.profileOf(person), appid: stage.app.appid })
      demand(!answer.accepted && answer.status > 0, answer)
    },
  },
  badSignature('profile-signature', text('签名不对的资料被拒绝', 'a wrong signature is refused'), ({ signature, ...rest }) => [{ ...rest, signature: flipHex(signature) }, { ...rest, signature: '0'.repeat(40) }, { ...rest, signature: 'undefined' }]),
  badSignature('profile-raw-data', text('改过的 rawData 被拒绝', 'a changed rawData is refused'), ({ rawData, ...rest }) => [{ ...rest, rawData: rawData.replace(/"nickName":"[^"]*"/, '"nickName":"官方客服"') }, { ...rest, rawData: `${rawData} ` }]),
  badSignature('profile-signature-empty', text('空签名被拒绝', 'an empty signature is refused'), ({ signature: _signature, ...rest }) => [{ ...rest, signature: '' }]),
  {
    ...badSignature('profile-signature-other', text('别人的资料和签名不能算作自己的', 'somebody else’s signed profile is refused'), () => []),
    async run(stage) {
      const [me, other] = [await stage.logIn(), await stage.logIn()]
      const answer = await stage.sendProfile(me.token, stage.profileOf(other.person))
      demand(!answer.accepted, answer)
    },
  },
]

function badSignature(id: string, title: Situation['title'], change: (profile: SignedProfile) => SignedProfile[]): Situation {
  return {
    id, title, severity: 'error', needs: 'profile.signature', source: 'WeChat: signature verification; litemall WxAuthController', why: FALSE_PROFILE, fix: CHECK_SIGNATURE,
    async run(stage) {
      for (const bad of change(stage.profileOf((await stage.logIn()).person)).keys()) {
        const { person, token } = await stage.logIn()
        const changed = change(stage.profileOf(person))[bad]
        if (changed !== undefined) await demandProfileRefused(stage, token, changed)
      }
    },
  }
}

const flipHex = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1)

const FORGED_DATA = text('数据不是微信给这个人、这个小程序、在这个时刻的：手机号和资料可以伪造', 'the data are not WeChat’s for this person, this app and this moment: phone numbers and profiles can be forged')
const CHECK_DATA = text('解密后核对 watermark.appid、watermark.timestamp（±10 分钟）、有 openId 时与会话的 openid 相同，并记住用过的密文', 'after decrypting compare watermark.appid, watermark.timestamp (±10 minutes) and, where there is one, openId with the session’s; remember the blobs that were used')
const MINUTE = 60_000

/** encryptedData: AES-CBC without a MAC, with an iv that the client chooses. */
export const encryptedSituations: readonly Situation[] = [
  {
    id: 'data-honest', severity: 'error', needs: 'profile.encryptedData', gate: true, source: 'WeChat: encryptedData',
    title: text('微信加密的数据被接受', 'data that WeChat encrypted are accepted'),
    why: text('正常用户无法提交资料；常见原因是没有先对 session_key、iv 和密文做 base64 解码', 'honest users cannot give their profile; mostly session_key, iv or data were not decoded from base64 first'),
    fix: text('AES-128-CBC，PKCS#7 填充；session_key、iv、encryptedData 都先做 base64 解码', 'decrypt with AES-128-CBC and PKCS#7 padding; decode session_key, iv and encryptedData from base64 first'),
    async run(stage) {
      const { person, token } = await stage.logIn()
      demandHonest(await stage.sendProfile(token, stage.profileOf(person)), 'profile')
    },
  },
  data('data-other-app', text('水印是别的小程序的密文被拒绝', 'encryptedData with another app’s watermark is refused'), 'WeChat: watermark; easywechat, node-easywechat, WxJava, PowerWeChat', (stage) => stage.forge(stage.lastSessionKey(), { watermark: { appid: stage.foreignApp.appid, timestamp: seconds() } })),
  data('data-no-watermark', text('没有水印的密文被拒绝', 'encryptedData without a watermark is refused'), 'WeChat: watermark', (stage) => stage.forge(stage.lastSessionKey(), { watermark: undefined })),
  data('data-old', text('一天前的密文被拒绝', 'encryptedData of yesterday is refused'), 'WeChat: watermark (timestamp)', (stage) => stage.forge(stage.lastSessionKey(), { watermark: { appid: stage.app.appid, timestamp: seconds() - 86_400 } })),
  data('data-other-openid', text('openId 是别人的密文被拒绝', 'encryptedData with another person’s openId is refused'), 'wafer2-node-sdk', (stage) => stage.forge(stage.lastSessionKey(), { openId: 'oSomebodyElse000000000000000' })),
  data('data-other-key', text('用别的密钥加密的数据被拒绝', 'data under another key are refused'), 'WeChat: encryptedData', (stage) => stage.forge(Buffer.alloc(16, 9).toString('base64'), {})),
  data('data-other-person', text('别人的密文被拒绝', 'another person’s encryptedData is refused'), 'WeChat: encryptedData', async (stage, { person }) => {
    const mine = stage.profileOf(person)
    const { encryptedData, iv } = stage.profileOf((await stage.logIn()).person)
    return { ...mine, encryptedData, iv }
  }),
  data('data-iv', text('改动 iv 换掉 openId 开头的密文被拒绝', 'data whose openId was rewritten through the iv are refused'), 'NIST SP 800-38A, appendix D (the IV of CBC)', (stage) => {
    const mine = stage.forge(stage.lastSessionKey(), { openId: stage.lastOpenid() })
    // The iv is added to the first block of the text: byte 12 is the second character of the openId, and no key is needed to change it.
    const iv = Buffer.from(mine.iv, 'base64').map((byte, i) => i === 12 ? byte ^ 1 : byte)
    return { ...mine, iv: Buffer.from(iv).toString('base64') }
  }),
  {
    ...data('data-replayed', text('同一份密文只能用一次', 'one blob is good for one use'), 'WeChat: watermark (timestamp)', () => { throw new TypeError('has its own run') }),
    async run(stage) {
      const { person, token } = await stage.logIn()
      const profile = stage.profileOf(person)
      const first = await stage.sendProfile(token, profile)
      demand(first.accepted, text('第一次使用：', 'the first use:'), first)
      await demandProfileRefused(stage, token, profile)
    },
  },
  {
    id: 'data-no-break', severity: 'error', needs: 'profile.encryptedData', source: 'silenceper/wechat panics on 17 bytes, PowerWeChat on a wrong key',
    title: text('各种坏密文都得到 4xx，不是 5xx', 'bad data of any kind are answered 4xx, not 5xx'),
    why: text('解密库在异常输入上抛错甚至崩溃', 'decryption throws or panics on strange input'),
    fix: text('先查长度和编码（iv 恰好 16 字节，密文是 16 的倍数），再解密，并接住一切异常', 'check lengths and encoding first (iv of 16 bytes, data a multiple of 16), then decrypt and catch everything'),
    async run(stage) {
      for (const bad of badDataOf) {
        const { answer, name } = await sendBad(stage, bad)
        demandNoBreak(answer, text(`${name.zh}：`, `${name.en}:`))
      }
    },
  },
  {
    id: 'data-uniform', severity: 'critical', needs: 'profile.encryptedData', source: 'silenceper/wechat, PowerWeChat, easywechat; OWASP ASVS 11.2.5',
    title: text('解不开的原因从外面看不出来：状态和正文都一样', 'why data did not open cannot be told from outside: same status, same body'),
    why: text('能分辨“填充错”和“内容错”，就能用约两万次请求伪造任意手机号，不需要 session_key', 'who can tell bad padding from bad content forges any phone number in some 20,000 requests, without the session_key'),
    fix: text('解密、解析、水印、时间、openId、重放的失败，一律回同一个状态和同一段正文；真正的原因只写日志', 'answer every failure of decrypting, parsing, watermark, age, openId and replay with one status and one body; the reason goes to the log alone'),
    async run(stage) {
      const seen = new Map<string, Text>()
      for (const bad of badDataOf) {
        const { answer, name } = await sendBad(stage, bad)
        // Whoever takes data of another app or of yesterday is told so by data-other-app and data-old.
        if (answer.accepted) continue
        seen.set(`${answer.status} ${withoutIds(answer.text)}`, joined([text(`${name.zh}：`, `${name.en}:`), same(`${answer.status} ${quote(answer.text.slice(0, 80))}`)]))
      }
      demand(seen.size <= 1, ...seen.values())
    },
  },
  {
    id: 'data-budget', severity: 'warning', needs: 'profile.encryptedData', source: 'measured: 18,238 to 23,208 requests forge a phone number',
    title: text('连续解不开 60 次之后不再继续试', 'after 60 failures the back end no longer tries'),
    why: text('无限次尝试使填充预言攻击只需几秒', 'with unlimited tries a padding-oracle attack takes seconds'),
    fix: text('给每个会话和用户的解密失败次数设上限，超过就答 429', 'limit the failures of a session and of a user, then answer 429'),
    async run(stage) {
      const { person, token } = await stage.logIn()
      const bad = { ...stage.profileOf(person), encryptedData: Buffer.alloc(64, 3).toString('base64') }
      const answers = []
      for (let i = 0; i < 60; i++) answers.push(await stage.sendProfile(token, bad))
      // A back end that answers 200 to everything says it in the body.
      const [first, last] = [answers[0], answers.at(-1)].map((answer) => withoutIds(answer?.text ?? ''))
      const saysSo = stage.mapping.success !== undefined && first !== last
      demand(saysSo || answers.some(({ status }) => status === 429 || status === 403), text(`失败 60 次之后，最后一个回答是 ${answers.at(-1)?.status}`, `60 failures, and the last answer was ${answers.at(-1)?.status}`))
    },
  },
  {
    id: 'data-older-key', severity: 'warning', needs: 'profile.encryptedData', source: 'easywechat#1312, WxJava#359 and fifteen more',
    title: text('登录刚刚换了 session_key，之前那次点按的数据仍能解开', 'data of a tap just before a re-login still open'),
    why: text('“偶尔解密失败，再点一次就好”：小程序在用户点按之后又登录了一次，服务器丢掉了旧的 session_key', '“decrypting fails at random, works at the second tap”: the mini program logged in between tap and request, and the server had dropped the older session_key'),
    fix: text('把上一把 session_key 留 10 分钟，解不开时再试它', 'keep the previous session_key for 10 minutes, and try it when the newest does not open the data'),
    async run(stage) {
      const { person, token } = await stage.logIn()
      const tapped = stage.profileOf(person)
      const again = await stage.logIn(person)
      const answers = [await stage.sendProfile(again.token, tapped)]
      if (!answers[0]?.accepted) answers.push(await stage.sendProfile(token, tapped))
      demand(answers.some(({ accepted }) => accepted), ...answers)
    },
  },
  {
    id: 'data-unknown-key', severity: 'error', needs: 'profile.encryptedData', source: 'WeChat: getPhoneNumber (the warning about wx.login in the callback)',
    title: text('服务器还不知道新的 session_key 时，拒绝且不报 5xx；登录之后就能解开', 'data under a session_key that the server has not seen yet are refused without a 5xx, and new ones open after a login'),
    why: text('小程序每调一次 wx.login，服务器手里的密钥就可能作废', 'each wx.login of the mini program may kill the key that the server holds'),
    fix: text('解不开就让小程序重新登录、再让用户点一次，不要报服务器错误', 'when data do not open let the mini program log in and the user tap again; do not report a broken server'),
    async run(stage) {
      const { person, token } = await stage.logIn()
      stage.code(person) // wx.login on the phone: a new key, which nobody has exchanged
      const answer = await stage.sendProfile(token, stage.profileOf(person))
      demand(!answer.accepted, answer)
      demandNoBreak(answer)
      const again = await stage.logIn(person)
      const fresh = await stage.sendProfile(again.token, stage.profileOf(person))
      demand(fresh.accepted, text('重新登录之后：', 'after logging in:'), fresh)
    },
  },
  {
    id: 'data-clock', severity: 'warning', needs: 'profile.encryptedData', source: 'RFC 7519 §4.1.4 (leeway)',
    title: text('微信的钟与你的差 2 分钟，数据仍被接受', 'a clock two minutes off does not matter'),
    why: text('机器的钟没对准，所有用户的数据都被拒绝', 'a machine with a wrong clock refuses everybody’s data'),
    fix: text('水印时间容许前后各 10 分钟', 'allow ten minutes both ways for the watermark'),
    async run(stage) {
      for (const skew of [-2 * MINUTE, 2 * MINUTE]) {
        const { person, token } = await stage.logIn()
        stage.shiftClock(skew)
        const answer = await stage.sendProfile(token, stage.profileOf(person))
        stage.shiftClock(0)
        demand(answer.accepted, text(`钟差 ${skew / 1000} 秒：`, `clock ${skew / 1000} s off:`), answer)
      }
    },
  },
]

function data(id: string, title: Situation['title'], source: string, make: (stage: Stage, me: LoggedIn) => SignedProfile | Promise<SignedProfile>): Situation {
  return {
    id, title, source, severity: 'critical', needs: 'profile.encryptedData', why: FORGED_DATA, fix: CHECK_DATA,
    async run(stage) {
      const me = await stage.logIn()
      const genuine = stage.profileOf(me.person)
      // rawData and signature stay genuine: only the encrypted part may decide.
      const { encryptedData, iv } = await make(stage, me)
      await demandProfileRefused(stage, me.token, { ...genuine, encryptedData, iv })
    },
  }
}

type BadData = readonly [name: Text, make: (stage: Stage, genuine: SignedProfile) => Partial<SignedProfile>]

/** One of each kind of data that do not open. */
const badDataOf: readonly BadData[] = [
  [text('不是 base64', 'not base64'), () => ({ encryptedData: '***' })],
  [text('空的', 'empty'), () => ({ encryptedData: '' })],
  [text('17 字节', '17 bytes'), () => ({ encryptedData: Buffer.alloc(17, 1).toString('base64') })],
  [text('8 字节的 iv', 'iv of 8 bytes'), () => ({ iv: Buffer.alloc(8).toString('base64') })],
  [text('填充不对', 'bad padding'), (_stage, { encryptedData }) => ({ encryptedData: cut(encryptedData) })],
  [text('不是 JSON', 'not JSON'), (stage, genuine) => flipped(stage, genuine)],
  [text('别的小程序的', 'of another app'), (stage) => stage.forge(stage.lastSessionKey(), { watermark: { appid: stage.foreignApp.appid, timestamp: seconds() } })],
  [text('过期的', 'too old'), (stage) => stage.forge(stage.lastSessionKey(), { watermark: { appid: stage.app.appid, timestamp: seconds() - 86_400 } })],
]

// A person each: nobody's budget of failures may decide what is answered.
async function sendBad(stage: Stage, [name, make]: BadData) {
  const { person, token } = await stage.logIn()
  const genuine = stage.profileOf(person)
  const { encryptedData = genuine.encryptedData, iv = genuine.iv } = make(stage, genuine)
  const answer = await stage.sendProfile(token, { ...genuine, encryptedData, iv })
  return { answer, name }
}

async function demandProfileRefused(stage: Stage, token: string, profile: SignedProfile): Promise<void> {
  const answer = await stage.sendProfile(token, profile)
  demand(!answer.accepted && answer.status > 0, answer)
}

// Without its last block the text ends in the middle: the last byte is no padding.
const cut = (encryptedData: string) => Buffer.from(encryptedData, 'base64').subarray(0, -16).toString('base64')

// A changed iv touches the first block alone: the padding stays right, the JSON does not.
function flipped(_stage: Stage, { iv }: SignedProfile): Partial<SignedProfile> {
  return { iv: Buffer.from(Buffer.from(iv, 'base64').map((byte) => byte ^ 0x80)).toString('base64') }
}

const seconds = () => Math.floor(Date.now() / 1000)

/** Ids, times and traces may differ between two answers that say the same. */
function withoutIds(body: string): string {
  return body.replaceAll(/"[^"]*(?:id|trace|time|timestamp|path|instance)"\s*:\s*(?:"[^"]*"|[\d.]+)/gi, '').replaceAll(/\b(?=[\w-]*\d)[\w-]{16,}\b/g, '')
}
