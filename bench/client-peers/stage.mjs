// What every client meets: the emulator's wx, a back end in the client's own dialect, and a clock that runs out when nothing else happens.
import { bundleClient } from './bundle.mjs'
import { exchange, openEmulator, openServer, DOMAIN } from '../real-clients/stage.mjs'

/** Beyond this a client is said not to stop. */
export const LOGIN_CAP = 50
const PARALLEL = 20
const QUIET_TURNS = 30

export const CASES = [
  { name: 'cold' },
  { name: 'cold, one session a user', single: true },
  { name: 'expired', expired: true },
  { name: 'expired, one session a user', expired: true, single: true },
  { name: 'login fails once', loginFailures: 1 },
  { name: 'login fails twice', loginFailures: 2 },
  { name: 'server always 401', always401: true, parallel: 1 },
]

/** One request after another: on a fresh phone, again, after a relaunch with what is in the storage, and with a session that ended. */
export const TRIPS = ['first', 'next', 'after a relaunch', 'expired']

/**
 * Runs each case with a fresh phone and a freshly loaded client: how many requests were answered, were rejected or hung, and what that cost;
 * and counts the round trips (TRIPS) of one request, null where it was not answered.
 * `client.open(exports, phone)` gives what makes one request; `client.dialect` speaks for the server.
 */
export async function measureClient(client) {
  const stage = await openEmulator()
  const { gzip, load } = bundleClient(client)
  const rows = []
  for (const situation of CASES) {
    rows.push({ name: situation.name, ...await play(stage, client, load, situation) })
    // WeChat exchanges 100 codes of one person in a minute; clients that log in for each request would meet that in the next case.
    stage.emulator.clock.advance(60_000)
  }
  const trips = await countTrips(stage, client, load)
  await stage.emulator.close()
  return { gzip, trips, rows }
}

async function countTrips(stage, client, load) {
  const backEnd = await openBackEnd(stage, client.dialect, {})
  let device = openDevice(stage, client, backEnd)
  let program = start(client, load, device)
  const trips = []
  for (const name of TRIPS) {
    if (name === 'after a relaunch') {
      device = device.relaunch()
      program = start(client, load, device)
    }
    if (name === 'expired') backEnd.endAll()
    program.phone.forget()
    const [state] = await settleAll([program.request()], program.phone, program.timers)
    trips.push(state === 'answered' ? program.phone.chain() : null)
  }
  await backEnd.close()
  return trips
}

const openDevice = ({ emulator, appid, person }, client, backEnd) => emulator.openDevice({ appid, person, domains: { [DOMAIN]: backEnd.url }, storage: new Map(), ...client.device })

function start(client, load, device) {
  const phone = watch(device.wx)
  const timers = createTimers()
  return { phone, timers, request: client.open(load({ wx: phone.wx, timers }), { wx: phone.wx, timers }) }
}

async function play(stage, client, load, { expired = false, single = false, loginFailures = 0, always401 = false, parallel = PARALLEL }) {
  const backEnd = await openBackEnd(stage, client.dialect, { single, loginFailures, always401 })
  const { phone, timers, request } = start(client, load, openDevice(stage, client, backEnd))
  if (expired) {
    await settleAll([request()], phone, timers)
    backEnd.endAll()
  }
  const before = { logins: phone.count('login'), requests: phone.count('request') }
  const states = await settleAll(Array.from({ length: parallel }, request), phone, timers)
  const counted = { logins: phone.count('login') - before.logins, requests: phone.count('request') - before.requests }
  await backEnd.close()
  const of = (state) => states.filter((other) => other === state).length
  return { parallel, answered: of('answered'), rejected: of('rejected'), hung: of('hung'), ...counted }
}

/** The state of each promise once no wx call is under way and all timers have run out. */
async function settleAll(promises, phone, timers) {
  const states = promises.map(() => 'hung')
  const become = (index, state) => () => { states[index] = state }
  promises.forEach((promise, index) => promise.then(become(index, 'answered'), become(index, 'rejected')))
  for (let quiet = 0; states.includes('hung') && phone.count('login') <= LOGIN_CAP;) {
    await new Promise((resolve) => { setTimeout(resolve, 1) })
    quiet = phone.busy() ? 0 : quiet + 1
    if (quiet < QUIET_TURNS) continue
    if (!timers.runNext()) break
    quiet = 0
  }
  return states
}

/** wx, with its calls counted while they are under way, and each with its place in the chain: one more than the last that ended before it began. */
function watch(original) {
  const calls = []
  const chain = () => Math.max(0, ...calls.filter(({ open }) => !open).map(({ place }) => place))
  const wx = Object.assign({}, original)
  for (const api of ['login', 'request', 'getUserInfo', 'checkSession']) {
    wx[api] = (options = {}) => {
      const call = { api, open: true, place: chain() + 1 }
      calls.push(call)
      const ending = (name) => (value) => {
        call.open = false
        if (options[name]) options[name](value)
      }
      return original[api]({ ...options, success: ending('success'), fail: ending('fail') })
    }
  }
  return { wx, count: (api) => calls.filter((call) => call.api === api).length, busy: () => calls.some(({ open }) => open), chain, forget: () => { calls.length = 0 } }
}

/** Timers that fire when they are told to; the time is that of the last one. */
function createTimers() {
  const due = new Map()
  let now = Date.now()
  let next = 1
  return {
    now: () => now,
    setTimeout(run, ms = 0, ...values) {
      due.set(next, { at: now + ms, run: () => run(...values) })
      return next++
    },
    clearTimeout(id) { due.delete(id) },
    runNext() {
      const [first] = [...due].sort(([, a], [, b]) => a.at - b.at)
      if (!first) return false
      const [id, { at, run }] = first
      due.delete(id)
      now = Math.max(now, at)
      run()
      return true
    },
  }
}

async function openBackEnd(stage, dialect, { single, loginFailures, always401 }) {
  const sessions = new Map()
  let failures = loginFailures
  let served = 0
  const server = await openServer(async (asked) => {
    // 5 to 65 ms: answers overtake each other.
    await new Promise((resolve) => { setTimeout(resolve, 5 + (served++ * 37) % 61) })
    const code = dialect.codeOf(asked)
    if (code === undefined) {
      const token = dialect.tokenOf(asked)
      return !always401 && sessions.has(token) ? [200, dialect.answer(sessions.get(token))] : dialect.dead()
    }
    const { openid } = await exchange(stage, code)
    if (openid === undefined || failures-- > 0) return [503, {}]
    if (single) sessions.clear()
    const token = `token-${served}`
    sessions.set(token, openid)
    return dialect.loggedIn(token, openid)
  })
  return { ...server, endAll: () => sessions.clear() }
}
