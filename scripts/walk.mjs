// Draws recorded traffic as a sequence diagram of three lanes for the terminal.

const LANES = { phone: 4, server: 44, wechat: 84 }

/** Lines of text: one arrow a message, phone on the left, our server in the middle, WeChat on the right. */
export function drawWalk(steps, nickname) {
  const heads = `  ${pad(`手机 phone (${nickname})`, LANES.server - 4)}${pad('服务端 server', LANES.wechat - LANES.server)}微信 WeChat`
  return [heads, ...steps.map(drawStep)]
}

function drawStep({ kind, from, to, name, ok, detail }) {
  if (kind === 'local') return local(LANES[from], detail?.key === undefined ? name : `${name} ${detail.key}`)
  return arrow(LANES[from], LANES[to], kind === 'call' ? calling(name) : answering(ok, detail))
}

const calling = (name) => name.replace(/ https?:\/\/[^/]+/, ' ')

// Times say little in a picture of who talks to whom.
const QUIET = new Set(['errMsg', 'issuedAt', 'expiresAt', 'createdAt'])

function answering(ok, detail) {
  const body = detail?.body ?? detail ?? {}
  const members = Object.entries(body).filter(([member]) => !QUIET.has(member)).map(([member, value]) => describe(member, value))
  const status = detail?.statusCode === undefined ? '' : `${detail.statusCode} `
  return `${ok ? '' : '✗ '}${status}${members.join(', ')}`
}

function describe(member, value) {
  if (value === '***') return `${member} •••`
  if (member === 'user') return `uid ${value.uid.slice(0, 6)}…${value.isNew ? ' (new)' : ''}`
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `${member} ${text.length > 10 ? `${text.slice(0, 6)}…` : text}`
}

function arrow(from, to, label) {
  const [left, right] = [Math.min(from, to), Math.max(from, to)]
  const room = right - left - 2
  const line = `─ ${cut(label, room - 5)} `
  const rest = '─'.repeat(room - widthOf(line))
  const lane = right < LANES.wechat ? `${' '.repeat(LANES.wechat - right - 1)}│` : ''
  return `  ${bar(left)}${from < to ? `${line}${rest}▶` : `◀${line}${rest}`}│${lane}`
}

// A step of one party alone, such as a write to the phone's storage.
function local(lane, label) {
  const text = `● ${cut(label, LANES.server - lane - 4)}`
  const others = `${' '.repeat(LANES.server - lane - 2 - widthOf(text))}│${' '.repeat(LANES.wechat - LANES.server - 1)}│`
  return `  ${bar(lane)} ${text}${others}`
}

// The lanes left of a column, and its own.
function bar(column) {
  let text = ''
  for (const lane of Object.values(LANES)) if (lane <= column) text += `${' '.repeat(lane - 3 - widthOf(text))}│`
  return text
}

function cut(text, width) {
  let taken = ''
  for (const char of text) {
    if (widthOf(taken + char) > width) return `${taken.slice(0, -1)}…`
    taken += char
  }
  return taken
}

const pad = (text, width) => text + ' '.repeat(Math.max(1, width - widthOf(text)))

// Chinese characters take two columns of a terminal.
function widthOf(text) {
  let width = 0
  for (const char of text) width += /[\u2E80-\u9FFF\uFF00-\uFFEF]/.test(char) ? 2 : 1
  return width
}
