import type { EraName } from '../wire/state.js'

/** What a mini program can learn of a person in an era. */
export interface ProfileFacts {
  readonly getUserProfile: 'real' | 'placeholder' | 'absent'
  readonly getUserInfo: 'real' | 'placeholder'
  readonly fillIn: boolean
}

/** Base libraries to choose from, besides any other. */
export const BASE_LIBRARIES: readonly string[] = ['2.4.0', '2.10.4', '2.16.1', '2.21.2', '2.24.4', '2.27.0', '2.27.1', '2.32.3', '3.17.0']

/** Both as `2.27.1`. */
function atLeast(version: string, needed: string): boolean {
  return version.localeCompare(needed, 'en', { numeric: true }) >= 0
}

/** By the table of WeChat's announcements. */
export function profileFacts(era: EraName, baseLibrary: string): ProfileFacts {
  const absent = era === '2018' || !atLeast(baseLibrary, '2.10.4')
  const retired = (era === '2022-11' || era === 'today') && atLeast(baseLibrary, '2.27.1')
  return {
    getUserProfile: absent ? 'absent' : retired ? 'placeholder' : 'real',
    getUserInfo: era === '2018' ? 'real' : 'placeholder',
    fillIn: atLeast(baseLibrary, '2.21.2'),
  }
}
