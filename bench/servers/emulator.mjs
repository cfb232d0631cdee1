// The emulator, with pages of its own: one issues codes by the thousand, one tells how many calls WeChat refused (with HTTP 200, as WeChat does).
import { createEmulator } from '@tongxing/emulator'
import { options, ready } from './child.mjs'

const PEOPLE = 1000
const emulator = await createEmulator({ apps: [options.app], people: Array.from({ length: PEOPLE }, (_, n) => ({ id: `p${n}` })), minuteQuota: Infinity })
let next = 0
emulator.mount('/codes', {
  request(request, response) {
    const count = Number(new URLSearchParams(request.url.split('?')[1]).get('count'))
    response.end(JSON.stringify(Array.from({ length: count }, () => emulator.issueCode({ appid: options.app.appid, person: `p${next++ % PEOPLE}` }))))
  },
})
let refused = 0
emulator.traffic.subscribe(({ kind, ok }) => { if (kind === 'answer' && ok === false) refused++ })
emulator.mount('/refused', { request: (_, response) => response.end(String(refused)) })
ready(emulator.url, () => emulator.close())
