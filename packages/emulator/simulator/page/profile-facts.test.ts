import { expect, it } from 'vitest'
import { profileFacts } from './profile-facts.js'

it.each([
  ['2018', '2.4.0', 'absent', 'real', false], ['2018', '2.16.1', 'absent', 'real', false], ['2021-04', '2.16.1', 'real', 'placeholder', false],
  ['2021-04', '2.9.9', 'absent', 'placeholder', false], ['2022-11', '2.27.0', 'real', 'placeholder', true], ['2022-11', '2.27.1', 'placeholder', 'placeholder', true],
  ['today', '3.17.0', 'placeholder', 'placeholder', true],
] as const)('in %s on %s getUserProfile is %s, getUserInfo %s, fill-in %s', (era, baseLibrary, getUserProfile, getUserInfo, fillIn) => {
  expect(profileFacts(era, baseLibrary)).toEqual({ getUserProfile, getUserInfo, fillIn })
})
