// Runs clients of mini programs through the same situations on the emulator's wx, and writes what was lost and what it cost into CLIENT-PEERS.md.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CASES, LOGIN_CAP, measureClient, TRIPS } from './client-peers/stage.mjs'

const folder = fileURLToPath(new URL('client-peers/', import.meta.url))
const CLIENTS = ['tongxing', 'wafer2', 'wafer', 'leancloud', 'alova', 'minapp', 'fly']

if (!existsSync(`${folder}node_modules`)) {
  // Their install scripts are none of our business.
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

const lines = []
for (const file of CLIENTS) {
  const client = await import(`./client-peers/${file}.mjs`)
  process.stderr.write(`peers  ${client.name}\n`)
  const { gzip, trips, rows } = await measureClient(client)
  lines.push(`| ${[`${client.name} ${versionOf(client.name)}`, gzip, trips.map((count) => count ?? '–').join(' · '), ...rows.map(cell)].join(' | ')} |`)
}

writeFileSync(new URL('CLIENT-PEERS.md', import.meta.url), `# Clients of mini programs under parallel requests

Written by \`node bench/client-peers.mjs\`. Each client, in its own dialect, on the emulator's \`wx\` (a queue of ten slots, real HTTP, answers after 5 to 65 ms); 20 requests at once, where nothing else stands.
A cell: answered · rejected · hung (unsettled when no wx call is under way and every timer has run out), then wx.login / requests in all. Size: bundled by esbuild, minified, gzip -9, in bytes, with all that the entry brings along.

| client | size | round trips: ${TRIPS.join(' · ')} | ${CASES.map(({ name, parallel }) => parallel === undefined ? name : `${name}, ${parallel} request`).join(' | ')} |
| --- | --- | --- |${CASES.map(() => ' --- ').join('|')}|
${lines.join('\n')}

- Round trips: calls of wx one after another (wx.login, wx.checkSession, wx.getUserInfo, wx.request) until one request is answered; – where it is not. In a relaunch the program starts anew with its storage.
- “login fails once”: the first login is answered 503, with nothing in it. Ours sends one more code after a moment, and nobody hears of it; a second failure is told to everybody who waited, with a retryable error, and the next request logs in. A client that logs in for each request loses as many as logins failed; its 20 logins are 20 sessions and, for a new user, a race to make one.
- More than ${LOGIN_CAP} logins: it does not stop by itself, the run stopped it; its request counts as hung.
- wafer-client-sdk and wafer2-client-sdk without their tunnel, whose API wx no longer has; both with wx.getUserInfo of 2018, without which the first does not log in. Ours with everything.
- leancloud-storage logs in where the program asks it to, so the program asks whenever there is no user; it has no answer to a dead session. flyio has the recipe of its README, which has none either.
- minapp-sdk needs a global \`regeneratorRuntime\`; the package of that name is in its size. In the expired cases a late 401 ends the session of those who were faster: from run to run it answers 2 to 20 of 20.
- alova logs in by its refresh handler, as its guide has it. How many of its requests hang, and how often it logs in, varies from run to run; the other rows do not vary by more than one.
- Not here: authing-wxapp-sdk 4.3.22-alpha.7 (does not bundle for a mini program: it requires Node's \`crypto\` and \`http\`); mp-req and weRequest (the npm registry answers 404 to their names). Not tried: @cloudbase/js-sdk and parse, whose login is one with their own cloud; luch-request, @mpxjs/fetch, wx-promise-request and the axios adapters (no login of their own: \`client.recover\` is made for them).
`)
process.stdout.write(readFileSync(new URL('CLIENT-PEERS.md', import.meta.url), 'utf8'))

function cell({ answered, rejected, hung, logins, requests }) {
  return `${answered} · ${rejected} · ${hung}, ${logins} / ${requests}`
}

function versionOf(name) {
  const file = name === '@tongxing/client' ? new URL('../packages/client/package.json', import.meta.url) : `${folder}node_modules/${name}/package.json`
  return JSON.parse(readFileSync(file, 'utf8')).version
}
