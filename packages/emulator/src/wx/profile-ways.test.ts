import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decryptUserData } from '../crypto.js'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { Answer } from './ask.js'
import type { ButtonDetail, OpenType } from './buttons.js'
import type { WxCallbacks } from './callback.js'
import type { Era } from './device-context.js'

// What WeChat gives by each way to a profile, by era and base library. The last column names the section of the protocol reference.

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const GREY_AVATAR = /^https:\/\/thirdwx\.qlogo\.cn\/mmopen\/vi_32\/POgEwh4mIHO4/

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator({ people: [{ id: 'xiaoming', nickName: '小明', avatarUrl: 'https://thirdwx.qlogo.cn/xiaoming/132', phoneNumber: '13800138000' }] }) })
afterEach(() => emulator.close())

/** A phone whose session_key the test knows, and what the person was asked, in order. */
async function openPhone(options: Partial<DeviceOptions>, answer: Answer) {
  const asked: string[] = []
  const device = emulator.openDevice({ ...USER, ...options, answer: ({ api }) => (asked.push(api), answer) })
  const code = await new Promise<string>((resolve, reject) => { device.wx.login({ success: (result) => resolve(result.code), fail: reject }) })
  const query = new URLSearchParams({ appid: USER.appid, secret: emulator.apps[0]?.secret ?? '', js_code: code, grant_type: 'authorization_code' })
  const { session_key: key } = await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as { session_key: string }
  return { device, asked, key }
}

type Button = `button ${OpenType}`
type Way = 'wx.getUserInfo' | 'wx.getUserInfo with credentials' | 'wx.getUserProfile' | 'nickname keyboard' | Button

const isButton = (way: Way): way is Button => way.startsWith('button ')

async function take(device: Device, way: Way): Promise<ButtonDetail | string> {
  const { wx } = device
  const call = (start: (callbacks: WxCallbacks<ButtonDetail>) => void): Promise<ButtonDetail> => new Promise((resolve) => { start({ success: resolve, fail: resolve }) })
  if (isButton(way)) return await device.tapButton(way.slice('button '.length) as OpenType, { picture: { bytes: Buffer.from([1]), type: 'image/png' } }) ?? 'no event'
  switch (way) {
    case 'wx.getUserInfo': return call((callbacks) => { wx.getUserInfo(callbacks) })
    case 'wx.getUserInfo with credentials': return call((callbacks) => { wx.getUserInfo({ withCredentials: true, ...callbacks }) })
    case 'wx.getUserProfile': return wx.getUserProfile === undefined ? 'absent' : call((callbacks) => { device.tap(() => wx.getUserProfile?.({ desc: '用于显示', ...callbacks })) })
    case 'nickname keyboard': return wx.canIUse('input.type.nickname') ? (await device.passPrivacy('input.nickname'))?.reason ?? 'offered' : 'a plain keyboard'
  }
}

/** In one line: what was asked, and what came of it. */
async function outcome(options: Partial<DeviceOptions>, way: Way, answer: Answer = 'allow'): Promise<string> {
  const { device, asked, key } = await openPhone(options, answer)
  const given = await take(device, way)
  return [...asked.map((api) => `asks ${api}`), ...typeof given === 'string' ? [given] : described(given, key)].join(', ')
}

function described({ errMsg, errno, userInfo, encryptedData, iv, code, avatarUrl }: ButtonDetail, key: string): string[] {
  if (avatarUrl !== undefined) return [avatarUrl.startsWith('wxfile://tmp_') ? 'a temporary path' : avatarUrl]
  if (errMsg?.endsWith(':ok') !== true) return [errMsg ?? '', ...errno === undefined ? [] : [String(errno)]]
  const opened = encryptedData === undefined ? undefined : JSON.parse(decryptUserData(key, iv ?? '', encryptedData)) as Record<string, unknown>
  const face = userInfo === undefined ? [] : [`${userInfo.nickName} with ${GREY_AVATAR.test(userInfo.avatarUrl) ? 'the grey avatar' : 'an avatar'}`]
  const hidden = opened === undefined ? [] : [`encrypted ${String(opened['nickName'] ?? opened['purePhoneNumber'])}${'openId' in opened ? ' and openId' : ''}`]
  return [...face, ...code === undefined ? [] : ['a code'], ...hidden]
}

const REAL = '小明 with an avatar'
const GREY = '微信用户 with the grey avatar'
const SEALED_REAL = `${REAL}, encrypted 小明`
const SEALED_GREY = `${GREY}, encrypted 微信用户`
const PHONE = 'encrypted 13800138000'
const REFUSED = 'privacy permission is not authorized'

type Row = [way: Way, era: Era, baseLibrary: string, outcome: string, section: string]

describe('what comes of each way when the person allows everything', () => {
  it.each<Row>([
    // Popup and real data until 2021-04-28, anonymous and silent since; openId stays in the encrypted part.
    ['wx.getUserInfo', '2018', '2.4.0', `asks getUserInfo, ${REAL}`, '§11'],
    ['wx.getUserInfo', '2018', '3.17.0', `asks getUserInfo, ${REAL}`, '§11'],
    ['wx.getUserInfo', '2021-04', '2.4.0', GREY, '§11'],
    ['wx.getUserInfo', '2021-04', '3.17.0', GREY, '§11'],
    ['wx.getUserInfo', '2022-11', '2.4.0', GREY, '§11'],
    ['wx.getUserInfo', '2022-11', '3.17.0', GREY, '§11'],
    ['wx.getUserInfo', 'today', '2.32.2', GREY, '§11, §15'],
    ['wx.getUserInfo', 'today', '2.32.3', `asks privacy, ${GREY}`, '§11, §15'],
    ['wx.getUserInfo with credentials', '2018', '2.4.0', `asks getUserInfo, ${SEALED_REAL} and openId`, '§6.1, §10'],
    ['wx.getUserInfo with credentials', '2021-04', '2.16.1', `${SEALED_GREY} and openId`, '§11'],
    ['wx.getUserInfo with credentials', '2022-11', '2.27.1', `${SEALED_GREY} and openId`, '§11'],
    ['wx.getUserInfo with credentials', 'today', '2.32.2', `${SEALED_GREY} and openId`, '§11, §15'],
    ['wx.getUserInfo with credentials', 'today', '3.17.0', `asks privacy, ${SEALED_GREY} and openId`, '§11, §15'],
    ['button getUserInfo', '2018', '1.2.9', 'no event', '§10'],
    ['button getUserInfo', '2018', '1.3.0', `asks getUserInfo, ${SEALED_REAL} and openId`, '§10, §11'],
    ['button getUserInfo', '2018', '3.17.0', `asks getUserInfo, ${SEALED_REAL} and openId`, '§11'],
    ['button getUserInfo', '2021-04', '2.16.1', `${SEALED_GREY} and openId`, '§11'],
    ['button getUserInfo', '2022-11', '2.27.1', `${SEALED_GREY} and openId`, '§11'],
    ['button getUserInfo', 'today', '2.32.2', `${SEALED_GREY} and openId`, '§11, §15'],
    ['button getUserInfo', 'today', '3.17.0', `asks privacy, ${SEALED_GREY} and openId`, '§11, §15'],
    // From 2021-04 and 2.10.4; real data until 2022-11-08 or below 2.27.1; never with openId.
    ['wx.getUserProfile', '2018', '2.4.0', 'absent', '§11'],
    ['wx.getUserProfile', '2018', '3.17.0', 'absent', '§11'],
    ['wx.getUserProfile', '2021-04', '2.10.3', 'absent', '§10'],
    ['wx.getUserProfile', '2021-04', '2.10.4', `asks getUserProfile, ${SEALED_REAL}`, '§6.1, §10, §11'],
    ['wx.getUserProfile', '2021-04', '2.27.1', `asks getUserProfile, ${SEALED_REAL}`, '§11'],
    ['wx.getUserProfile', '2021-04', '3.17.0', `asks getUserProfile, ${SEALED_REAL}`, '§11'],
    ['wx.getUserProfile', '2022-11', '2.10.3', 'absent', '§10'],
    ['wx.getUserProfile', '2022-11', '2.27.0', `asks getUserProfile, ${SEALED_REAL}`, '§1.9, §11'],
    ['wx.getUserProfile', '2022-11', '2.27.1', SEALED_GREY, '§1.9, §11'],
    ['wx.getUserProfile', 'today', '2.27.0', `asks getUserProfile, ${SEALED_REAL}`, '§11'],
    ['wx.getUserProfile', 'today', '2.32.2', SEALED_GREY, '§11, §15'],
    ['wx.getUserProfile', 'today', '2.32.3', `asks privacy, ${SEALED_GREY}`, '§11, §15'],
    // The fill-in goes by the base library; the privacy gate is there in era today, from 2.32.3 on.
    ['button chooseAvatar', '2018', '2.4.0', 'no event', '§12'],
    ['button chooseAvatar', '2021-04', '2.21.1', 'no event', '§12'],
    ['button chooseAvatar', '2021-04', '2.21.2', 'a temporary path', '§12'],
    ['button chooseAvatar', '2022-11', '2.27.1', 'a temporary path', '§12'],
    ['button chooseAvatar', '2022-11', '2.32.3', 'a temporary path', '§11, §12'],
    ['button chooseAvatar', 'today', '2.32.2', 'a temporary path', '§12, §15'],
    ['button chooseAvatar', 'today', '2.32.3', 'asks privacy, a temporary path', '§12, §15'],
    ['nickname keyboard', '2018', '2.4.0', 'a plain keyboard', '§12'],
    ['nickname keyboard', '2021-04', '2.21.1', 'a plain keyboard', '§12'],
    ['nickname keyboard', '2021-04', '2.21.2', 'offered', '§12'],
    ['nickname keyboard', '2022-11', '2.27.1', 'offered', '§12'],
    ['nickname keyboard', 'today', '2.32.2', 'offered', '§12, §15'],
    ['nickname keyboard', 'today', '2.32.3', 'asks privacy, offered', '§12, §15'],
    // The phone buttons as well.
    ['button getPhoneNumber', '2018', '1.1.9', 'no event', '§13'],
    ['button getPhoneNumber', '2018', '2.4.0', `asks getPhoneNumber, ${PHONE}`, '§13'],
    ['button getPhoneNumber', '2021-04', '2.21.1', `asks getPhoneNumber, ${PHONE}`, '§13'],
    ['button getPhoneNumber', '2021-04', '2.21.2', `asks getPhoneNumber, a code, ${PHONE}`, '§11, §13'],
    ['button getPhoneNumber', '2022-11', '2.27.1', `asks getPhoneNumber, a code, ${PHONE}`, '§13'],
    ['button getPhoneNumber', 'today', '2.32.2', `asks getPhoneNumber, a code, ${PHONE}`, '§13, §15'],
    ['button getPhoneNumber', 'today', '3.17.0', `asks privacy, asks getPhoneNumber, a code, ${PHONE}`, '§13, §15'],
    ['button getRealtimePhoneNumber', '2021-04', '2.24.3', 'no event', '§13'],
    ['button getRealtimePhoneNumber', '2021-04', '2.24.4', 'asks getRealtimePhoneNumber, a code', '§13'],
    ['button getRealtimePhoneNumber', '2022-11', '2.27.1', 'asks getRealtimePhoneNumber, a code', '§13'],
    ['button getRealtimePhoneNumber', 'today', '3.17.0', 'asks privacy, asks getRealtimePhoneNumber, a code', '§13, §15'],
    ['button getPhoneNumber|agreePrivacyAuthorization', 'today', '2.33.0', 'no event', '§15'],
    ['button getPhoneNumber|agreePrivacyAuthorization', 'today', '2.33.1', `asks getPhoneNumber, a code, ${PHONE}`, '§15'],
  ])('%s, era %s, base library %s: %s (%s)', async (way, era, baseLibrary, expected) => {
    expect(await outcome({ era, baseLibrary }, way)).toBe(expected)
  })
})

describe('what comes of each way when the person refuses everything', () => {
  it.each<Row>([
    ['wx.getUserInfo', '2018', '2.4.0', 'asks getUserInfo, getUserInfo:fail auth deny', '§11'],
    ['button getUserInfo', '2018', '2.4.0', 'asks getUserInfo, getUserInfo:fail auth deny', '§11'],
    ['wx.getUserInfo', '2021-04', '2.16.1', GREY, '§11'],
    ['wx.getUserInfo', '2022-11', '2.27.1', GREY, '§11'],
    ['wx.getUserInfo', 'today', '3.17.0', `asks privacy, getUserInfo:fail ${REFUSED}, 104`, '§15'],
    ['button getUserInfo', 'today', '3.17.0', `asks privacy, getUserInfo:fail ${REFUSED}, 104`, '§15'],
    ['wx.getUserProfile', '2021-04', '2.16.1', 'asks getUserProfile, getUserProfile:fail auth deny', '§10'],
    ['wx.getUserProfile', '2022-11', '2.27.0', 'asks getUserProfile, getUserProfile:fail auth deny', '§10'],
    ['wx.getUserProfile', '2022-11', '2.27.1', SEALED_GREY, '§11'],
    ['wx.getUserProfile', 'today', '2.32.2', SEALED_GREY, '§11'],
    ['wx.getUserProfile', 'today', '2.32.3', `asks privacy, getUserProfile:fail ${REFUSED}, 104`, '§10, §15'],
    ['button chooseAvatar', '2022-11', '2.27.1', 'a temporary path', '§12'],
    ['button chooseAvatar', 'today', '3.17.0', 'asks privacy, no event', '§12, §15'],
    ['nickname keyboard', 'today', '3.17.0', `asks privacy, ${REFUSED}`, '§12, §15'],
    ['button getPhoneNumber', '2018', '2.4.0', 'asks getPhoneNumber, getPhoneNumber:fail user deny', '§13'],
    ['button getPhoneNumber', '2021-04', '2.21.2', 'asks getPhoneNumber, getPhoneNumber:fail user deny', '§13'],
    ['button getPhoneNumber', '2022-11', '2.27.1', 'asks getPhoneNumber, getPhoneNumber:fail user deny', '§13'],
    ['button getPhoneNumber', 'today', '3.17.0', `asks privacy, getPhoneNumber:fail ${REFUSED}, 104`, '§13, §15'],
    ['button getRealtimePhoneNumber', '2022-11', '2.27.1', 'asks getRealtimePhoneNumber, getRealtimePhoneNumber:fail user deny', '§13'],
  ])('%s, era %s, base library %s: %s (%s)', async (way, era, baseLibrary, expected) => {
    expect(await outcome({ era, baseLibrary }, way, 'deny')).toBe(expected)
  })
})
