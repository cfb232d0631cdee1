import { expect, it } from 'vitest'
import { readWechatProfile } from './wechat-profile.js'

const read = (info: unknown): unknown => readWechatProfile(JSON.stringify(info), 5)

it('reads nickname and avatar', () => {
  expect(read({ nickName: 'Band', avatarUrl: 'https://thirdwx.qlogo.cn/a/132', gender: 1 }))
    .toEqual({ nickname: 'Band', avatarUrl: 'https://thirdwx.qlogo.cn/a/132', source: 'wechat', updatedAt: 5 })
})

it('takes 微信用户 for no profile, whatever its avatar', () => {
  expect(read({ nickName: '微信用户', avatarUrl: 'https://thirdwx.qlogo.cn/a/132' })).toBeNull()
})

it('SEC-NA-7RQJ: knows the placeholder as it would be stored, not as it came', () => {
  for (const nickName of ['\u202E微信用户', '微信\u2066用户', '\u0000 微信用户 ']) expect(read({ nickName, avatarUrl: 'https://thirdwx.qlogo.cn/a/132' })).toBeNull()
})

it.each(['javascript:alert(1)', 'data:text/html,x', '/relative', '', `https://x/${'a'.repeat(1100)}`])('IN-PROFILE-SHOWN, T14: drops the avatar %j and keeps the name', (avatarUrl) => {
  expect(read({ nickName: 'Band', avatarUrl })).toMatchObject({ nickname: 'Band', avatarUrl: null })
})

it.each(['not json', '[]', 'null', '"x"', '{}', '{"nickName":5}'])('finds %s unreadable', (rawData) => {
  expect(readWechatProfile(rawData, 0)).toBe('unreadable')
})
