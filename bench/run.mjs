// Runs every measurement and writes RESULTS.md. Names on the command line choose some: npm run bench -- check login
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'

const folder = new URL('.', import.meta.url)
if (!existsSync(new URL('node_modules', folder))) {
  process.stderr.write('bench  installing what it compares with\n')
  const { status } = spawnSync('npm', ['install', '--no-fund', '--no-audit'], { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

const MEASUREMENTS = ['check', 'http', 'sessions', 'login', 'commit', 'storm', 'growth', 'startup', 'emulator']
const chosen = process.argv.length > 2 ? MEASUREMENTS.filter((name) => process.argv.includes(name)) : MEASUREMENTS

const rows = []
for (const name of chosen) {
  process.stderr.write(`bench  ${name}\n`)
  const { measure } = await import(`./${name}.mjs`)
  for (const row of await measure((text) => process.stderr.write(`         ${text}\n`))) rows.push(row)
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', folder), 'utf8'))
const [cpu] = cpus()
const table = rows.map(({ what, result, accept, aim, holds, detail }) => `| ${what} | ${result} | ${accept} | ${aim} | ${holds ? 'yes' : '**no**'} | ${detail} |`)
const text = `# Measurements

Written by \`npm run bench\`. Ratios of one run on one machine, the variants interleaved in short slices: read them, not the absolute figures.

Tongxing ${version} · Node ${process.version} · ${cpus().length} × ${cpu.model.trim()} · ${process.platform} ${release()} · load average ${loadavg().map((load) => load.toFixed(1)).join(' ')} · ${new Date().toISOString().slice(0, 10)}

| what | result | acceptance | aim | accepted | detail |
| --- | --- | --- | --- | --- | --- |
${table.join('\n')}
`
if (chosen.length === MEASUREMENTS.length) writeFileSync(new URL('RESULTS.md', folder), text)
process.stdout.write(`\n${text}`)
