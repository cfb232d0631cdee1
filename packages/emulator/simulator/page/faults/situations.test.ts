import { expect, it } from 'vitest'
import { parseRule, printRule } from '#fault-rule'
import { narrow, situationOf, SITUATIONS } from './situations.js'

const all = SITUATIONS.flatMap(({ situations }) => situations)

it.each(all)('$line is a rule, and is known again by the line that the emulator prints', (situation) => {
  expect(situationOf(printRule(parseRule(situation.line)))).toBe(situation)
  const narrowed = narrow(situation.line, 'xiaoming')
  expect(situationOf(printRule(parseRule(narrowed)))).toBe(situation)
})

it('narrows what happens on a phone to one person, and nothing that happens at WeChat’s server', () => {
  expect([narrow('wx.login hang', 'ming'), narrow('wx.login hang', ''), narrow('/x drop', 'ming')]).toEqual(['wx.login hang person=ming', 'wx.login hang', '/x drop'])
})
