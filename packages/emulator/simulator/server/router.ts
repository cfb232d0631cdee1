import type { IncomingMessage, ServerResponse } from 'node:http'
import { readPhoneBundle } from '#phone-bundle'
import type { DirectCall, Launch, WebPageWish } from '../wire/messages.js'
import { PREFIX } from '../wire/messages.js'
import { drawAvatar } from './avatars.js'
import { COMMANDS, readStorage } from './commands.js'
import type { CommandContext } from './commands.js'
import type { Events } from './events.js'
import { keepTemporaryFile, sendBuilt, sendPage, sendProgramFile, sendTemporaryFile } from './files.js'
import { HttpError, readJson, send, sendJson, typeOf } from './http.js'
import { phonePolicy, printPhoneDocument } from './phone-document.js'
import { offsetOf } from './phone-link.js'
import type { PhoneLink } from './phone-link.js'
import type { Phone } from './phones.js'
import type { Program } from './program.js'
import { sendRemotePicture } from './remote.js'
import { findWebPage } from './web-page.js'
import type { WebPageContext } from './web-page.js'

/** What the routes work on. */
export interface Site extends CommandContext, WebPageContext {
  readonly program: Program
  readonly events: Events
  readonly domains: Readonly<Record<string, string>>
}

type Route = (site: Site, request: IncomingMessage, response: ServerResponse, ...parts: string[]) => void | Promise<void>

/** Longest body of a call that answers at once: a storage value is at most 1 MB, and its JSON may be longer. */
const LONGEST_CALL = 12 * 1024 * 1024

const ROUTES: readonly (readonly [string, RegExp, Route])[] = [
  ['GET', /^\/events$/, streamEvents],
  ['POST', /^\/do\/([\w-]+)$/, runCommand],
  ['GET', /^\/phones\/(\d+)$/, openPhone],
  ['GET', /^\/phones\/(\d+)\/app\.js$/, async ({ program }, _, response) => { send(response, typeOf('.js'), (await program.bundle()).text) }],
  ['POST', /^\/phones\/(\d+)\/call$/, callDirect],
  ['POST', /^\/phones\/(\d+)\/web-page$/, openWebPage],
  ['GET', /^\/phones\/(\d+)\/storage$/, (site, _, response, id = '') => { sendJson(response, readStorage(id, site)) }],
  ['POST', /^\/phones\/(\d+)\/files$/, ({ phones }, request, response, id = '') => keepTemporaryFile(phones.get(id), request, response)],
  ['GET', /^\/phones\/(\d+)\/files\/([\w.]+)$/, ({ phones }, _, response, id = '', name = '') => { sendTemporaryFile(phones.get(id), name, response) }],
  ['GET', /^\/phone\.js$/, (_site, _, response) => { send(response, typeOf('.js'), readPhoneBundle()) }],
  ['GET', /^\/(bridge\.js|jweixin\.js|page\/[\w./-]+)$/, (_site, _, response, file = '') => { sendBuilt(file, response) }],
  ['GET', /^\/program\/(.+)$/, async ({ program }, _, response, file = '') => { sendProgramFile((await program.bundle()).root, decode(file), response) }],
  ['GET', /^\/avatars\/([\w.-]+)\.svg$/, ({ emulator }, _, response, name = '') => { send(response, typeOf('.svg'), drawAvatar(name, emulator)) }],
  ['GET', /^\/remote\/(.+)$/, ({ domains }, _, response, address = '') => sendRemotePicture(decode(address), domains, response)],
]

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new HttpError(404, `there is no ${part}`)
  }
}

/** Answers a request for `/` or under the simulator's prefix. */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path === '/') return sendPage(response)
    for (const [method, pattern, route] of ROUTES) {
      const found = pattern.exec(path.slice(PREFIX.length))
      if (found !== null && request.method === method) return await route(site, request, response, ...found.slice(1))
    }
    throw new HttpError(404, `there is no ${request.method} ${path}`)
  } catch (error) {
    if (response.headersSent || request.errored !== null) return
    // A TypeError of the emulator names what the caller got wrong.
    const status = error instanceof HttpError ? error.status : error instanceof TypeError ? 400 : 500
    sendJson(response, { error: error instanceof Error ? error.message : String(error) }, status)
  }
}

function streamEvents({ events, state, emulator }: Site, _: IncomingMessage, response: ServerResponse): void {
  const tell = events.add(response)
  tell('state', state())
  tell('steps', emulator.traffic.list())
}

async function runCommand(site: Site, request: IncomingMessage, response: ServerResponse, name = ''): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) throw new HttpError(404, `there is no command ${name}`)
  sendJson(response, await command(await readJson(request), site) ?? { ok: true })
}

function openPhone(site: Site, _: IncomingMessage, response: ServerResponse, id = ''): void {
  const { phones, emulator, state, domains } = site
  const { launch, device } = phones.open(id)
  const { nickName, avatarUrl } = emulator.people.find((person) => person.id === device.person) ?? { nickName: '', avatarUrl: '' }
  const about: Launch = {
    phone: id, launch, baseLibrary: device.baseLibrary, functions: device.functions, notEmulated: device.notEmulated, env: device.wx.env, fillIn: { chooseAvatar: device.wx.canIUse('button.open-type.chooseAvatar'), nickname: device.wx.canIUse('input.type.nickname') },
    person: { nickName, avatarUrl }, app: state().app,
    domains: Object.keys(domains), clockOffset: offsetOf(emulator),
  }
  send(response, typeOf('.html'), printPhoneDocument(about), phonePolicy(Object.values(site.businessDomains)))
}

async function callDirect({ phones }: Site, request: IncomingMessage, response: ServerResponse, id = ''): Promise<void> {
  const call = await readJson(request, LONGEST_CALL) as unknown as DirectCall
  sendJson(response, linkOf(phones.get(id), call).direct(call))
}

async function openWebPage(site: Site, request: IncomingMessage, response: ServerResponse, id = ''): Promise<void> {
  const wish = await readJson(request) as unknown as WebPageWish
  const phone = site.phones.get(id)
  linkOf(phone, wish)
  sendJson(response, await findWebPage(String(wish.source), phone, site))
}

function linkOf({ link }: Phone, { launch }: { readonly launch: number }): PhoneLink {
  if (link?.launch !== launch) throw new HttpError(409, 'this phone was opened anew elsewhere')
  return link
}
