import { stableToken, token } from './access-token.js'
import type { Endpoint } from './call.js'
import { checkEncryptedMsg } from './checkencryptedmsg.js'
import { componentJscode2session } from './component-jscode2session.js'
import { getPaidUnionid } from './getpaidunionid.js'
import { getPluginOpenPId } from './getpluginopenpid.js'
import { getUserEncryptKey } from './getuserencryptkey.js'
import { getUserPhoneNumber } from './getuserphonenumber.js'
import { jscode2session } from './jscode2session.js'
import { mediaCheckAsync } from './media-check-async.js'
import { msgSecCheck } from './msg-sec-check.js'
import { checkSession, resetUserSessionKey } from './session-key.js'
import { getToken, workJscode2session } from './work-jscode2session.js'

const GET = ['GET'] as const
const POST = ['POST'] as const
const EITHER = ['GET', 'POST'] as const

/** Every path of WeChat's server API that is emulated. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/sns/jscode2session': { methods: GET, handle: jscode2session },
  '/sns/component/jscode2session': { methods: GET, handle: componentJscode2session },
  '/cgi-bin/gettoken': { methods: GET, handle: getToken },
  '/cgi-bin/miniprogram/jscode2session': { methods: GET, handle: workJscode2session },
  '/cgi-bin/token': { methods: GET, handle: token },
  '/cgi-bin/stable_token': { methods: POST, body: 'json', handle: stableToken },
  '/wxa/checksession': { methods: EITHER, token: true, handle: checkSession },
  '/wxa/resetusersessionkey': { methods: EITHER, token: true, handle: resetUserSessionKey },
  '/wxa/business/getuserphonenumber': { methods: POST, token: true, body: 'json', handle: getUserPhoneNumber },
  '/wxa/business/checkencryptedmsg': { methods: POST, token: true, body: 'json_or_form', handle: checkEncryptedMsg },
  '/wxa/business/getuserencryptkey': { methods: EITHER, token: true, handle: getUserEncryptKey },
  '/wxa/getpaidunionid': { methods: GET, token: true, handle: getPaidUnionid },
  '/wxa/getpluginopenpid': { methods: POST, token: true, body: 'json', badBody: 1022, tooFast: 1003, handle: getPluginOpenPId },
  '/wxa/msg_sec_check': { methods: POST, token: true, body: 'json', tooFast: 44991, handle: msgSecCheck },
  '/wxa/media_check_async': { methods: POST, token: true, body: 'json', tooFast: 44991, handle: mediaCheckAsync },
}
