// Runs clients that we did not write against the emulator, and writes what works and what they get wrong into REAL-CLIENTS.md.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('real-clients/', import.meta.url))
const CLIENTS = [['node-easywechat', './real-clients/node-easywechat.mjs'], ['wafer2-client-sdk', './real-clients/wafer2.mjs'], ['leancloud-storage', './real-clients/leancloud.mjs']]

if (!existsSync(`${folder}node_modules`)) {
  // Their install scripts are none of our business.
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

const lines = []
let broken = 0
for (const [name, module] of CLIENTS) {
  const { version } = JSON.parse(readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8'))
  const rows = await (await import(module)).run()
  for (const { what, theirs, detail, holds } of rows) {
    if (!holds) broken++
    process.stdout.write(`${holds ? '✓' : '✗'} ${name} ${version}: ${theirs ? '(theirs) ' : ''}${what}${detail === undefined ? '' : ` (${detail})`}\n`)
    lines.push(`| ${name} ${version} | ${theirs ? 'theirs' : 'works'} | ${what} |`)
  }
}

if (broken === 0) {
  writeFileSync(new URL('REAL-CLIENTS.md', import.meta.url), `# Clients that we did not write, against the emulator

Written by \`node bench/real-clients.mjs\`. “theirs” is what the client gets wrong by itself: the emulator shows it, and the run asserts it.

| client | | what |
| --- | --- | --- |
${lines.join('\n')}
`)
}
process.exitCode = broken > 0 ? 1 : 0
