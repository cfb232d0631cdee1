import type { Situation } from '../situation.js'
import { codeSituations } from './code.js'
import { httpSituations } from './http.js'
import { identitySituations } from './identity.js'
import { leakSituations } from './leaks.js'
import { loginSituations } from './login.js'
import { logoutSituations } from './logout.js'
import { accessTokenSituations, phoneSituations } from './phone.js'
import { encryptedSituations, profileSituations } from './profile.js'
import { tokenSituations } from './token.js'
import { wechatSituations } from './wechat.js'

/**
 * Every situation, in the order of a run.
 *
 * ```ts
 * for (const { id, title } of SITUATIONS) console.log(id, title.zh)
 * ```
 */
export const SITUATIONS: readonly Situation[] = [
  ...loginSituations, ...codeSituations, ...wechatSituations, ...tokenSituations, ...logoutSituations, ...identitySituations,
  ...profileSituations, ...encryptedSituations, ...phoneSituations, ...accessTokenSituations, ...httpSituations, ...leakSituations,
]
