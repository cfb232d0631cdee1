import type { Answer } from './back-end.js'
import type { Mapping, RouteMapping } from './mapping.js'
import { Obstacle, demandNoLimit, whyNotReached } from './obstacle.js'
import { demand, quote } from './situation.js'
import { EXCHANGE } from './stage.js'
import type { Stage } from './stage.js'
import { text } from './text.js'
import type { Text } from './text.js'
import type { WechatCall } from './wechat-tap.js'

/**
 * One ordinary login, and the question who it was. Mostly the first run fails here, and not for a flaw: a wrong path, a wrong pointer, another AppID.
 * Throws Obstacle when the back end is not reached or limits requests, Finding with what does not fit and what to change.
 */
export async function firstLogin(stage: Stage): Promise<void> {
  const { mapping, backEnd } = stage
  const code = stage.code(stage.person())
  const { answer, token } = await stage.login(code)
  const asked = stage.callsOf(EXCHANGE)
  if (answer.lost !== undefined && asked.length === 0) throw new Obstacle('not_reached', whyNotReached(backEnd.url, answer, backEnd.ca))
  demandNoLimit(answer)
  demand(token !== undefined && asked.length > 0, answer, whyNoToken(answer, token, asked, code, stage))
  const identity = await backEnd.whoIs(token)
  demandNoLimit(identity.answer)
  demand(identity.user !== undefined, identity.answer, whyNoUser(identity.answer, mapping))
}

function whyNoToken(answer: Answer, token: string | undefined, asked: readonly WechatCall[], code: string, stage: Stage): Text {
  const { mapping, wechat } = stage
  const elsewhere = text(`后端没有调用 ${wechat.url}${EXCHANGE}：把它的微信地址（https://api.weixin.qq.com）换成 ${wechat.url}`, `the back end has not called ${wechat.url}${EXCHANGE}: set its WeChat address (https://api.weixin.qq.com) to ${wechat.url}`)
  if (token !== undefined) return text(`给了令牌，却没有问微信。${elsewhere.zh}，并关掉假登录`, `it gave a token and has not asked WeChat. If it mocks logins, switch that off; ${elsewhere.en}`)
  const [exchange] = asked
  if (exchange === undefined) return wrongRoute('login', answer, mapping.login) ?? refusedBeforeWechat(answer, elsewhere)
  return whyWechatRefused(exchange, code, stage) ?? refusedAfterAll('login.token', mapping.login.token, answer, mapping)
}

// What a back end with other settings than the mapping's asks WeChat.
function whyWechatRefused({ query, answer }: WechatCall, code: string, { app }: Stage): Text | undefined {
  if (answer.includes('"openid"')) return undefined
  const sent = new URLSearchParams(query)
  const told = quote(answer)
  if (sent.get('appid') !== app.appid) return text(`微信收到的 appid 是 ${sent.get('appid') ?? '（无）'}，不是 ${app.appid}：让后端和映射的 apps 用同一个 AppID`, `WeChat was asked for the appid ${sent.get('appid') ?? '(none)'}, not ${app.appid}: give the back end the AppID of the mapping’s "apps"`)
  if (sent.get('secret') !== app.secret) return text('微信收到的 secret 不是映射里的：让后端和映射的 apps 用同一个 AppSecret', 'WeChat was sent another secret than the mapping’s: give the back end the AppSecret of the mapping’s "apps"')
  if (sent.get('js_code') !== code) return text(`微信收到的 code 是 ${quote(sent.get('js_code') ?? '（无）')}，不是这次登录的：映射里 login.body 的字段名要和后端读的一致`, `WeChat was sent the code ${quote(sent.get('js_code') ?? '(none)')}, not the one of this login: name the field in the mapping’s login.body as the back end reads it`)
  return text(`微信的回答是 ${told}`, `WeChat answered ${told}`)
}

function whyNoUser(answer: Answer, mapping: Mapping): Text {
  if (answer.status === 401 || answer.status === 403) {
    const sent = Object.entries(mapping.authorization ?? { authorization: 'Bearer {token}' }).map(([name, value]) => `${name}: ${value}`).join(', ')
    return text(`后端不认刚刚给出的令牌。令牌是这样带的：“${sent}”；若后端从别处读，改映射的 authorization`, `it does not accept the token that it has just given. It was sent as "${sent}"; if the back end reads it elsewhere, change "authorization" in the mapping`)
  }
  return wrongRoute('me', answer, { method: 'GET', ...mapping.me }) ?? refusedAfterAll('me.user', mapping.me.user, answer, mapping)
}

/** Answers of a server that does not know the route, rather than of the route. */
function wrongRoute(name: 'login' | 'me', { status, headers, text: body }: Answer, { method = 'POST', path }: RouteMapping): Text | undefined {
  const html = /^\s*</.test(body) || (headers['content-type'] ?? '').includes('html')
  if (status >= 300 && status < 400) return text(`被转到 ${headers['location'] ?? '别处'}：在 --backend 和映射的 ${name}.path 里直接写那个地址`, `it was sent on to ${headers['location'] ?? 'elsewhere'}: put that address into --backend and ${name}.path of the mapping`)
  if (status === 404) return text(`后端没有 ${path} 这个地址：改映射的 ${name}.path，或 --backend 里的前缀`, `the back end does not know ${path}: correct ${name}.path of the mapping, or the prefix in --backend`)
  if (status === 405) return text(`后端的 ${path} 不收 ${method}${headers['allow'] === undefined ? '' : `，只收 ${headers['allow']}`}：改映射的 ${name}.method`, `${path} of the back end takes no ${method}${headers['allow'] === undefined ? '' : `, but ${headers['allow']}`}: correct ${name}.method of the mapping`)
  if (html) return text(`回答的是网页，不是接口：改映射的 ${name}.path 或 --backend`, `that is a web page and no API: correct ${name}.path of the mapping, or --backend`)
  return undefined
}

// A back end that still asks the real WeChat refuses, too: that comes first.
function refusedBeforeWechat({ status }: Answer, elsewhere: Text): Text {
  if (status < 400 || status > 499) return elsewhere
  return text(`${elsewhere.zh}。若已经换了，核对映射的 login.body（字段名）、login.type（json 或 form）和 login.headers（签名、密钥、CSRF 令牌）`, `${elsewhere.en}. If it is, check login.body (names of the fields), login.type (json or form) and login.headers (a key, a CSRF token) of the mapping`)
}

function refusedBySuccess({ at, equals }: NonNullable<Mapping['success']>, body: string): Text {
  return text(`按映射的 success（${at} = ${JSON.stringify(equals)}），这个回答是拒绝：${quote(body)}`, `by "success" of the mapping (${at} = ${JSON.stringify(equals)}) that is a refusal: ${quote(body)}`)
}

function refusedAfterAll(name: 'login.token' | 'me.user', place: string, answer: Answer, { success }: Mapping): Text {
  if (answer.accepted) return noSuchPlace(name, place, answer)
  if (success !== undefined && answer.status >= 200 && answer.status < 300) return refusedBySuccess(success, answer.text)
  return name === 'login.token'
    ? text('微信确认了这个人，后端却拒绝了他：原因在后端的日志里', 'WeChat has confirmed the person, and the back end refused: its log says why')
    : text('后端认不出刚刚登录的人：原因在后端的日志里', 'the back end does not tell who has just logged in: its log says why')
}

const MOST_PLACES = 12

function noSuchPlace(name: 'login.token' | 'me.user', place: string, { json, headers }: Answer): Text {
  if (place.startsWith('header:')) {
    const names = Object.keys(headers).join(', ')
    return text(`回答里没有响应头 ${place.slice('header:'.length)}；有的是 ${names}。改映射的 ${name}`, `the answer has no header ${place.slice('header:'.length)}; it has ${names}. Correct ${name} of the mapping`)
  }
  if (json === undefined) return text(`回答不是 JSON，${name} 的 "${place}" 无处可指`, `the answer is no JSON, so "${place}" of ${name} points at nothing`)
  const places = placesOf(json).slice(0, MOST_PLACES).join(', ')
  return text(`回答的 "${place}" 处没有非空的文本或数字；有的在 ${places || '（无）'}。改映射的 ${name}`, `the answer has no text or number at "${place}"; there are ${places || 'none'}. Correct ${name} of the mapping`)
}

/** Pointers to every text and number in a value. */
function placesOf(value: unknown, path = ''): string[] {
  if (typeof value === 'string' || typeof value === 'number') return value === '' ? [] : [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => placesOf(inner, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`))
}
