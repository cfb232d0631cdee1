import type { Launch } from '../wire/messages.js'
import { PREFIX } from '../wire/messages.js'

const STYLE = `html,body,#mount{height:100%;margin:0}html{background:#ededed}html[data-theme=dark]{background:#111}
.phone{--phone-status:44px}body{-webkit-text-size-adjust:none}`

/**
 * Everything but pictures, fonts and media comes from here: a mini program has no other way out than wx. A <web-view> shows pages of the
 * business domains alone, wherever a link in one of them leads.
 */
export function phonePolicy(webPages: readonly string[]): Readonly<Record<string, string>> {
  const frames = webPages.length === 0 ? '\'none\'' : [...new Set(webPages.map((address) => new URL(address).origin))].join(' ')
  return { 'content-security-policy': `default-src 'self'; img-src * data: blob:; font-src * data:; media-src * data: blob:; style-src 'self' 'unsafe-inline'; frame-src ${frames}; frame-ancestors 'self'` }
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)

/** The document of a phone: the app bundle, the runtime bundle, and the bridge that boots it. */
export function printPhoneDocument(launch: Launch): string {
  // JSON in a script element: only "<" could end it.
  const json = JSON.stringify(launch).replace(/</g, '\\u003c')
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>${escape(launch.app.name)} · ${escape(launch.person.nickName)}</title><style>${STYLE}</style></head>
<body><div id="mount"></div>
<script id="launch" type="application/json">${json}</script>
<script src="${PREFIX}/phones/${launch.phone}/app.js?${launch.launch}"></script>
<script src="${PREFIX}/phone.js"></script>
<script src="${PREFIX}/bridge.js"></script>
</body></html>
`
}
