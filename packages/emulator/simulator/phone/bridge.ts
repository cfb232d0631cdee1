// Boots the mini program in the phone's document, on the emulator's wx.
import type { PhoneHost, WebPage } from '#phone-host'
import { avatarAddress } from '../wire/avatars.js'
import type { Launch, WebPageWish } from '../wire/messages.js'
import { PREFIX } from '../wire/messages.js'
import { chooseAvatar } from './avatar-sheet.js'
import { connect } from './connection.js'
import type { Connection } from './connection.js'
import { createDeviceWx } from './device-wx.js'
import { make, makeButton } from './draw.js'
import { setPhoneClock } from './phone-clock.js'
import { askPermission } from './permission-sheet.js'
import { visitSettings } from './settings-sheet.js'
import { addStatusBar } from './status-bar.js'
import { BRIDGE_STYLE } from './style.js'
import { createAway } from './away.js'

interface PhoneWindow {
  readonly __mp__: unknown
  readonly tongxingPhone: { boot(bundle: unknown, host: PhoneHost): { hide(): void, show(): void } | undefined }
}

const LONGEST_LABEL = 24

function start(): void {
  const launch = JSON.parse(document.getElementById('launch')?.textContent ?? '') as Launch
  document.head.append(Object.assign(document.createElement('style'), { textContent: BRIDGE_STYLE }))
  const away = createAway(launch, () => { connection.send({ type: 'return' }) })
  const visibility = (hidden: boolean): void => {
    away(hidden)
    if (hidden) running?.hide()
    else running?.show()
  }
  const connection = connect(launch, { visibility, clock: setPhoneClock(launch.clockOffset), ask: (sheet) => askPermission(launch, sheet), settings: visitSettings, lost: drawLost })
  const { __mp__: bundle, tongxingPhone } = globalThis as unknown as PhoneWindow
  const running = tongxingPhone.boot(bundle, createHost(launch, connection))
  addStatusBar()
}

function createHost(launch: Launch, connection: Connection): PhoneHost {
  const gesture = createGesture(connection)
  let route = ''
  return {
    wx: createDeviceWx(launch, connection, gesture.isLive),
    mount: document.getElementById('mount') as HTMLElement,
    console, gesture,
    onError: ({ message, at = '' }) => { connection.send({ type: 'error', message, at }) },
    onNavigate: (entry) => {
      route = entry.route
      connection.send({ type: 'page', route, title: entry.title })
    },
    openType: (name, button) => {
      if (OUR_BUTTONS.includes(name)) return ask(connection, `button.${name}`, button)
      if (name !== 'chooseAvatar') return undefined
      if (!launch.fillIn.chooseAvatar) return Promise.reject(new Error(`base library ${launch.baseLibrary} has no chooseAvatar: it came with 2.21.2`))
      return mayShow(connection, 'button.chooseAvatar').then((may) => may ? chooseAvatar(launch) : undefined)
    },
    suggestNickname: () => launch.fillIn.nickname ? mayShow(connection, 'input.nickname').then((may) => may ? launch.person.nickName : undefined) : Promise.resolve(undefined),
    resolveAsset: (source) => assetAddress(source, launch, route),
    openWebPage: (source) => findWebPage({ launch: launch.launch, source }, launch),
  }
}

/** Open-types that the emulator answers. */
const OUR_BUTTONS: readonly string[] = ['getPhoneNumber', 'getRealtimePhoneNumber', 'agreePrivacyAuthorization']

const ask = (connection: Connection, api: string, options: object): Promise<unknown> =>
  new Promise((resolve) => { connection.call(api, options, true, { settled: (_, result) => { resolve(result) } }) })

/** Whether the privacy agreement lets the phone show it. */
const mayShow = (connection: Connection, referrer: string): Promise<boolean> => ask(connection, `privacy.${referrer}`, {}).then((refusal) => refusal === undefined)

/** Live while the runtime dispatches a tap. What was tapped heads a group of the timeline. */
function createGesture({ send }: Connection) {
  let depth = 0
  let label = ''
  const remember = ({ target }: Event): void => {
    const tapped = target instanceof Element ? target.closest('wx-button, wx-navigator, [role=button], button') ?? target : undefined
    // Of a card its title: the first line that is more than a number.
    const lines = tapped instanceof HTMLElement ? tapped.innerText.split('\n').map((line) => line.trim()) : []
    label = (lines.find((line) => line.length > 1) ?? lines.join('')).slice(0, LONGEST_LABEL)
  }
  for (const type of ['mousedown', 'touchstart']) document.addEventListener(type, remember, { capture: true, passive: true })
  return {
    isLive: () => depth > 0,
    enter: () => { if (depth++ === 0) send({ type: 'tap', label }) },
    leave: () => { depth-- },
  }
}

async function findWebPage(wish: WebPageWish, { phone }: Launch): Promise<WebPage> {
  const response = await fetch(`${PREFIX}/phones/${phone}/web-page`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wish) })
  const answer = await response.json() as WebPage | { error: string }
  if ('error' in answer) throw new Error(answer.error)
  return answer
}

function assetAddress(source: string, { phone, domains }: Launch, route: string): string {
  const temporary = /^wxfile:\/\/([\w.]+)$/.exec(source)?.[1]
  if (temporary !== undefined) return `${PREFIX}/phones/${phone}/files/${temporary}`
  if (!/^(?:[a-z][\w+.-]*:|\/\/)/i.test(source)) {
    // A path of the program: from its root, or beside the page.
    const { pathname, search } = new URL(source, `http://program/${route}`)
    return `${PREFIX}/program${pathname}${search}`
  }
  if (URL.canParse(source) && domains.includes(new URL(source).origin)) return `${PREFIX}/remote/${encodeURIComponent(source)}`
  return avatarAddress(source)
}

function drawLost(replaced: boolean): void {
  const text = replaced ? '这台手机在别处重新打开了' : '与模拟器的连接断开了'
  const overlay = document.querySelector('.phone-overlay') ?? document.getElementById('mount')
  overlay?.append(make('div', 'phone-lost', text, makeButton('', '重新打开', () => { location.reload() })))
}

start()
