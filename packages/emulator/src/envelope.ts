import type { Random } from './random.js'

/** Families of WeChat paths; they part the error text from the rid differently (observed, not documented). `work` is WeChat Work. */
export type ApiFamily = 'sns' | 'wxa' | 'cgi-bin' | 'work'

/** Which family a path is of. */
export function familyOf(path: string): ApiFamily {
  if (path.startsWith('/sns/')) return 'sns'
  if (path === '/cgi-bin/gettoken' || path.startsWith('/cgi-bin/miniprogram/')) return 'work'
  return path.startsWith('/wxa/') ? 'wxa' : 'cgi-bin'
}

/** An error as WeChat writes it; the HTTP status beside it is 200. Old pages of the docs have the errcode as a text. */
export interface WeixinError {
  readonly errcode: number | string
  readonly errmsg: string
}

/** The trace id of an answer: the Unix seconds and two random groups, 8 hex digits each. `now` in ms. */
export function makeRid(now: number, random: Random): string {
  const tail = random.bytes(8).toString('hex')
  return `${Math.floor(now / 1000).toString(16).padStart(8, '0')}-${tail.slice(0, 8)}-${tail.slice(8)}`
}

/** The error body of one family. `now` in ms, `ip` is the caller's. */
export function makeError(family: ApiFamily, { errcode, text }: { errcode: number, text: string }, { now, random, ip }: { now: number, random: Random, ip: string }): WeixinError {
  if (family !== 'work') return { errcode, errmsg: `${text}${family === 'sns' ? ',' : ''} rid: ${makeRid(now, random)}` }
  const hint = `${Math.floor(now / 1000)}${random.bytes(6).readUIntBE(0, 6).toString().padStart(15, '0')}`
  return { errcode, errmsg: `${text}, hint: [${hint}], from ip: ${ip}, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}` }
}

/** Texts of the errcodes that may come from anywhere, for faults that name only the number. */
export const ERROR_TEXTS: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  1: 'data not exit',
  1001: 'bad args',
  1003: 'too fast',
  1005: 'plugin appid mismatch',
  1007: 'not found',
  1022: 'json error',
  40001: 'invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40004: 'invalid media type',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40016: 'invalid button size',
  40029: 'invalid code',
  40066: 'invalid url',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  40129: 'invalid scene',
  40163: 'code been used',
  40164: 'invalid ip 127.0.0.1, not in whitelist',
  40226: 'code blocked',
  40243: 'appsecret is frozen',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  42001: 'access_token expired',
  42007: 'access_token and refresh_token exception',
  43001: 'require GET method',
  43002: 'require POST method',
  43104: 'openid does not match appid',
  44002: 'empty post data',
  44991: 'reach max api minute quota limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit mustslower retry next minute',
  47001: 'data format error',
  48001: 'api unauthorized',
  50002: 'user limited',
  50004: 'token api forbidden',
  50007: 'account is frozen',
  61003: 'component is not authorized by this account',
  61007: 'api is unauthorized to component',
  61010: 'code is expired',
  61024: 'must use api(api_component_token) to get token for component acct',
  87007: 'session_key is not existd or expired',
  87008: 'invalid sig_method',
  87009: 'invalid signature',
  87014: 'risky content',
  87020: 'repeat request limit',
  89002: 'open not exists',
  89300: 'invalid trade',
  89503: 'ip needs confirmation by administrator',
  89506: 'ip is rejected for 24 hours',
  89507: 'ip is rejected for 1 hour',
}
