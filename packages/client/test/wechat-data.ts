import { decryptUserData, signRawData } from '@tongxing/emulator'

/** The mini program as its back end knows it: `wechat` is where WeChat's server API is. */
export interface OwnApp {
  readonly wechat: string
  readonly appid: string
  readonly secret: string
}

/** What a back end makes of what the phone button gave: the code is exchanged at WeChat, encrypted data opened with the user's session_key. */
export async function openPhoneData(app: OwnApp, sessionKey: string, body: string): Promise<{ masked: string, countryCode: string } | { refused: 'wx_code_invalid' | 'encrypted_data_invalid' }> {
  const { code, encryptedData = '', iv = '' } = JSON.parse(body) as { code?: string, encryptedData?: string, iv?: string }
  if (code === undefined) {
    const text = opened(sessionKey, iv, encryptedData)
    return text === undefined ? { refused: 'encrypted_data_invalid' } : masked(JSON.parse(text) as PhoneInfo)
  }
  const { access_token: accessToken } = await post(`${app.wechat}/cgi-bin/stable_token`, { grant_type: 'client_credential', appid: app.appid, secret: app.secret }) as { access_token: string }
  const { phone_info: info } = await post(`${app.wechat}/wxa/business/getuserphonenumber?access_token=${accessToken}`, { code }) as { phone_info?: PhoneInfo }
  return info === undefined ? { refused: 'wx_code_invalid' } : masked(info)
}

/** The nickname that WeChat signed and encrypted; undefined when either was made with another session_key. */
export function openProfile(sessionKey: string, body: string): string | undefined {
  const { rawData = '', signature, encryptedData, iv = '' } = JSON.parse(body) as { rawData?: string, signature?: string, encryptedData?: string, iv?: string }
  if (signRawData(rawData, sessionKey) !== signature) return undefined
  const text = encryptedData === undefined ? rawData : opened(sessionKey, iv, encryptedData)
  return text === undefined ? undefined : (JSON.parse(text) as { nickName: string }).nickName
}

interface PhoneInfo { readonly phoneNumber: string, readonly countryCode: string }

const masked = ({ phoneNumber, countryCode }: PhoneInfo) => ({ masked: `${phoneNumber.slice(0, 3)}****${phoneNumber.slice(-4)}`, countryCode })

/** Undefined when it was made with another key. */
function opened(sessionKey: string, iv: string, encryptedData: string): string | undefined {
  try {
    const text = decryptUserData(sessionKey, iv, encryptedData)
    JSON.parse(text)
    return text
  } catch {
    return undefined
  }
}

async function post(url: string, body: object): Promise<unknown> {
  return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json()
}
