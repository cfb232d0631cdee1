import type { TrafficStep } from '#emulator'
import { t } from '../i18n.js'
import { record, text } from './description.js'
import type { Description, Detail } from './description.js'

/** Longest part of a WebSocket message that a row shows; the whole is in its detail. */
const LONGEST_MESSAGE = 24

/** One line for a step on the phone itself. */
export function describeLocal({ name, detail }: TrafficStep): Description {
  const about = record(detail)
  if (name.startsWith('sheet ')) return describeSheet(name.slice('sheet '.length), about)
  if (name.startsWith('privacy ')) return { tone: 'amber', words: t('privacyPopup'), note: t(PRIVACY_EVENTS[name.slice('privacy '.length)] ?? 'unanswered') }
  if (name === 'settings') return { tone: 'amber', words: t('settingsChanged'), note: Object.entries(about).map(([scope, on]) => `${scope} ${t(on === true ? 'allowed' : 'refused')}`).join(', ') }
  if (name === 'web-view') return describeWebPage(about)
  if (name.startsWith('WS ')) return describeSocket(name, detail)
  const words = name === 'wx.setStorage' ? t('stored') : name === 'wx.removeStorage' ? t('removed') : name === 'wx.clearStorage' ? t('cleared') : ''
  return { tone: 'green', words, code: name, note: text(about['key']) }
}

const PRIVACY_EVENTS = { agree: 'allowed', disagree: 'refused', exposureAuthorization: 'shown' } as const as Readonly<Record<string, 'allowed' | 'refused' | 'shown'>>

function describeSheet(api: string, { answer }: Detail): Description {
  const said = answer === 'allow' ? t('allowed') : answer === 'deny' ? t('refused') : t('unanswered')
  return { tone: 'amber', ...api === 'privacy' ? { words: t('privacyAgreement') } : { code: `wx.${api}` }, note: `${t('sheet')} → ${said}` }
}

function describeWebPage({ url, refused }: Detail): Description {
  const address = text(url)
  const code = URL.canParse(address) ? new URL(address).host + new URL(address).pathname : address
  if (refused === undefined) return { tone: 'green', words: t('webPage'), code }
  return { tone: 'red', words: t('webPage'), code, note: t(refused === 'domain' ? 'webPageUnlisted' : 'unanswered') }
}

/** `WS ⇢` is a message that was sent, `WS <address> ⇠` one that came, `WS <address> closed` the end. */
function describeSocket(name: string, detail: unknown): Description {
  if (name.endsWith(' closed')) {
    const { code, reason } = record(detail)
    return { tone: code === NORMAL ? 'blue' : 'red', words: t('socketClosed'), note: `${text(code)} ${text(reason)}`.trim() }
  }
  const message = text(detail)
  return { tone: 'blue', words: t(name.endsWith('⇢') ? 'messageSent' : 'messageCame'), code: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message }
}

/** Close code of RFC 6455 for an end on purpose. */
const NORMAL = 1000
