// Runs clients of mini programs through the same five situations on the emulator's wx, and writes what was lost and what it cost into CLIENT-PEERS.md.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CASES, LOGIN_CAP, measureClient } from './client-peers/stage.mjs'

const folder = fileURLToPath(new URL('client-peers/', import.meta.url))
const CLIENTS = ['tongxing', 'wafer2', 'leancloud', 'alova']

if (!existsSync(`${folder}node_modules`)) {
  // Their install scripts are none of our business.
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

const lines = []
for (const file of CLIENTS) {
  const client = await import(`./client-peers/${file}.mjs`)
  process.stderr.write(`peers  ${client.name}\n`)
  const { gzip, rows } = await measureClient(client)
  lines.push(`| ${[`${client.name} ${versionOf(client.name)}`, gzip, ...rows.map(cell)].join(' | ')} |`)
}

writeFileSync(new URL('CLIENT-PEERS.md', import.meta.url), `# Clients of mini programs under parallel requests

Written by \`node bench/client-peers.mjs\`. Each client, in its own dialect, on the emulator's \`wx\` (a queue of ten slots, real HTTP, answers after 5 to 65 ms); 20 requests at once, where nothing else stands.
A cell: answered · rejected · hung (unsettled when no wx call is under way and every timer has run out), then wx.login / requests in all. Size: bundled by esbuild, minified, gzip -9, in bytes, with all that the entry brings along.

| client | size | ${CASES.map(({ name, parallel }) => parallel === undefined ? name : `${name}, ${parallel} request`).join(' | ')} |
| --- | --- |${CASES.map(() => ' --- ').join('|')}|
${lines.join('\n')}

- “login fails once”: the first login is answered 503. Ours tells everybody who waited, with a retryable error, and the next request logs in; a client that logs in for each request loses the one.
- More than ${LOGIN_CAP} logins: it does not stop by itself, the run stopped it; its request counts as hung.
- wafer2-client-sdk without its tunnel, whose API wx no longer has; ours with everything.
- leancloud-storage logs in where the program asks it to, so the program asks whenever there is no user; it has no answer to a dead session.
- alova logs in by its refresh handler, as its guide has it. How many of its requests hang varies by one or two from run to run; the other rows do not vary.
`)
process.stdout.write(readFileSync(new URL('CLIENT-PEERS.md', import.meta.url), 'utf8'))

function cell({ answered, rejected, hung, logins, requests }) {
  return `${answered} · ${rejected} · ${hung}, ${logins} / ${requests}`
}

function versionOf(name) {
  const file = name === '@tongxing/client' ? new URL('../packages/client/package.json', import.meta.url) : `${folder}node_modules/${name}/package.json`
  return JSON.parse(readFileSync(file, 'utf8')).version
}
