import { ROUTES } from '@tongxing/protocol'
import { getHealthz } from './healthz.js'
import { createGetOpenapi } from './openapi.js'
import { getReadyz } from './readyz.js'
import { postIntrospect } from './v1-introspect.js'
import { postLogin } from './v1-login.js'
import { postLogout } from './v1-logout.js'
import { getMe, putMe } from './v1-me.js'
import { getAvatar } from './v1-avatars.js'
import { postAvatar } from './v1-me-avatar.js'
import { deleteConsent, putConsent } from './v1-me-consents.js'
import { postErase } from './v1-me-erase.js'
import { getExport } from './v1-me-export.js'
import { postPhone } from './v1-me-phone.js'
import { postProfile } from './v1-me-profile.js'
import { getSession } from './v1-session.js'
import { deleteSession, getSessions } from './v1-sessions.js'
import { getPush, postPush } from './v1-wechat-push.js'
import { postTicket } from './v1-tickets.js'
import { postRedeem } from './v1-tickets-redeem.js'
import type { Route } from './router.js'

const DESCRIBED: readonly Route[] = [
  { ...ROUTES.login, endpoint: postLogin },
  { ...ROUTES.logout, endpoint: postLogout },
  { ...ROUTES.session, endpoint: getSession },
  { ...ROUTES.sessions, endpoint: getSessions },
  { ...ROUTES.endSession, endpoint: deleteSession },
  { ...ROUTES.me, endpoint: getMe },
  { ...ROUTES.updateMe, endpoint: putMe },
  { ...ROUTES.saveAvatar, endpoint: postAvatar },
  { ...ROUTES.avatar, endpoint: getAvatar },
  { ...ROUTES.profile, endpoint: postProfile },
  { ...ROUTES.phone, endpoint: postPhone },
  { ...ROUTES.giveConsent, endpoint: putConsent },
  { ...ROUTES.withdrawConsent, endpoint: deleteConsent },
  { ...ROUTES.exportMe, endpoint: getExport },
  { ...ROUTES.eraseMe, endpoint: postErase },
  { ...ROUTES.ticket, endpoint: postTicket },
  { ...ROUTES.redeem, endpoint: postRedeem },
  { ...ROUTES.introspect, endpoint: postIntrospect },
  { ...ROUTES.pushCheck, endpoint: getPush },
  { ...ROUTES.push, endpoint: postPush },
  { method: 'GET', path: '/healthz', endpoint: getHealthz },
  { method: 'GET', path: '/readyz', endpoint: getReadyz },
]

const OPENAPI = { method: 'GET', path: '/openapi.json' }

/** Every route of the service. */
export const PUBLIC_ROUTES: readonly Route[] = [...DESCRIBED, { ...OPENAPI, endpoint: createGetOpenapi([...DESCRIBED, OPENAPI]) }]
