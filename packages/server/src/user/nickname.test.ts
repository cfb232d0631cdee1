import { expect, it } from 'vitest'
import { acceptNickname, cleanNickname, isPlaceholder } from './nickname.js'

it.each([
  ['小明', '小明'],
  ['  spaced  ', 'spaced'],
  ['e\u0301', 'é'],
  ['👨‍👩‍👧', '👨‍👩‍👧'],
  ['🎉'.repeat(64), '🎉'.repeat(64)],
])('accepts %j as %j', (typed, nickname) => expect(acceptNickname(typed)).toBe(nickname))

it.each(['', '   ', 'a\u0000b', 'a\nb', 'abc\u202Edef', '\u2066x', 'x'.repeat(65), '🎉'.repeat(65)])('T14: refuses %j', (typed) => expect(acceptNickname(typed)).toBeNull())

it.each([
  ['a\u202Eb', 'ab'],
  ['x'.repeat(80), 'x'.repeat(64)],
  ['\u0007', null],
])('IN-PROFILE-SHOWN: cuts %j from WeChat down to %j', (given, nickname) => expect(cleanNickname(given)).toBe(nickname))

it('SEC-NA-7RQJ: normalises before it counts, checks and cuts', () => {
  expect([acceptNickname('e\u0301'.repeat(64)), acceptNickname('\u0958'.repeat(33))]).toEqual(['é'.repeat(64), null])
  expect([cleanNickname('e\u202E\u0301'), cleanNickname('\u0958'.repeat(33))]).toEqual(['é', '\u0915\u093C'.repeat(32)])
})

it('knows the placeholder that WeChat gives everybody', () => {
  expect([isPlaceholder('微信用户'), isPlaceholder(' 微信用户 '), isPlaceholder('微信用户2')]).toEqual([true, true, false])
})
