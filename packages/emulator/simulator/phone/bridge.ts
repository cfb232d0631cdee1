// Boots the mini program in the phone's document, on the emulator's wx.
import type { PhoneHost } from '#phone-host'
import { avatarAddress } from '../wire/avatars.js'
import type { Launch } from '../wire/messages.js'
import { PREFIX } from '../wire/messages.js'
import { chooseAvatar } from './avatar-sheet.js'
import { connect } from './connection.js'
import type { Connection } from './connection.js'
import { createDeviceWx } from './device-wx.js'
import { make, makeButton } from './draw.js'
import { createListeners } from './listeners.js'
import type { Listeners } from './listeners.js'
import { setPhoneClock } from './phone-clock.js'
import { askPermission } from './permission-sheet.js'
import { addStatusBar } from './status-bar.js'
import { BRIDGE_STYLE } from './style.js'

interface PhoneWindow {
  readonly __mp__: unknown
  readonly tongxingPhone: { boot(bundle: unknown, host: PhoneHost): unknown }
}

const LONGEST_LABEL = 24

function start(): void {
  const launch = JSON.parse(document.getElementById('launch')?.textContent ?? '') as Launch
  document.head.append(Object.assign(document.createElement('style'), { textContent: BRIDGE_STYLE }))
  const listeners = createListeners((api) => Object.hasOwn(launch.functions, api))
  const connection = connect(launch, { clock: setPhoneClock(launch.clockOffset), ask: (sheet) => askPermission(launch, sheet), happened: listeners.tell, lost: drawLost })
  const { __mp__: bundle, tongxingPhone } = globalThis as unknown as PhoneWindow
  tongxingPhone.boot(bundle, createHost(launch, connection, listeners))
  addStatusBar()
}

function createHost(launch: Launch, connection: Connection, listeners: Listeners): PhoneHost {
  const gesture = createGesture(connection)
  let route = ''
  return {
    wx: { ...createDeviceWx(launch, connection, gesture.isLive), ...listeners.functions },
    mount: document.getElementById('mount') as HTMLElement,
    console, gesture,
    onError: ({ message, at = '' }) => { connection.send({ type: 'error', message, at }) },
    onNavigate: (entry) => {
      route = entry.route
      connection.send({ type: 'page', route, title: entry.title })
    },
    openType: (name) => {
      if (name !== 'chooseAvatar') return undefined
      if (!launch.fillIn.chooseAvatar) return Promise.reject(new Error(`base library ${launch.baseLibrary} has no chooseAvatar: it came with 2.21.2`))
      return chooseAvatar(launch)
    },
    suggestNickname: () => Promise.resolve(launch.fillIn.nickname ? launch.person.nickName : undefined),
    resolveAsset: (source) => assetAddress(source, launch, route),
  }
}

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
