// Holds the imports against the arrows of ARCHITECTURE.md, and finds cycles.
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

// What a package may import of ours.
const PACKAGES = {
  protocol: [],
  client: ['@tongxing/protocol'],
  server: ['@tongxing/protocol'],
  emulator: [],
}

// The server's rooms: each may import itself, the base, and the rooms named here.
const BASE = ['errors', 'clock', 'deadline', 'log', 'secret', 'packed-table', 'audit', 'metrics', 'rate-limit', 'retry-after']
const ROOMS = {
  base: [],
  'store/operations': [],
  'store/store': ['store/operations'],
  'store/group-commit': [],
  'store/guarded': ['store/store'],
  'store/conformance': ['store/store'],
  'store/sql': ['store/store', 'store/group-commit'],
  config: ['store/store'],
  foundation: ['wechat', 'session', 'user', 'store/store', 'store/guarded', 'store/sql', 'config'],
  wechat: ['store/store'],
  session: ['store/store'],
  user: ['store/store'],
  flows: ['wechat', 'session', 'user', 'store/store', 'config'],
  backup: ['auth', 'foundation', 'store/sql', 'config'],
  auth: ['foundation', 'flows', 'wechat', 'session', 'user', 'store/store', 'config'],
  http: ['auth'],
  index: ['auth', 'backup', 'foundation', 'config', 'flows', 'http', 'session', 'store/store', 'wechat'],
  cli: ['index'],
  testing: ['auth', 'session', 'store/conformance', 'store/store'],
}

// Who may look inside a Secret.
const REVEALERS = ['wechat/access-token', 'wechat/call', 'wechat/code-to-session', 'wechat/encrypted-data', 'wechat/phone-number', 'wechat/push', 'wechat/raw-data', 'wechat/session-key', 'session/sealer', 'user/phone', 'user/session-key']

// The emulator's rooms: none reaches into another; some use what another gives by name (package imports, "#…"), as listed here.
const EMULATOR_ROOMS = ['src', 'runtime', 'simulator', 'check']
const EMULATOR_NAMES = { check: /^#emulator$/, simulator: /^#/ }

const problems = []
let files = 0
for (const [name, allowed] of Object.entries(PACKAGES)) {
  const graph = new Map(sourcesOf(`packages/${name}`).map((file) => [file, importsOf(file)]))
  files += graph.size
  for (const [file, imports] of graph) checkPackage(file, imports, allowed)
  checkCycles(graph)
  if (name === 'emulator') for (const [file, imports] of graph) checkEmulatorRooms(file, imports)
  if (name === 'server') for (const [file, imports] of graph) checkRooms(file, imports)
}

if (problems.length > 0) {
  process.stdout.write(`${problems.join('\n')}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(`${files} files, every import along an arrow, no cycle\n`)
}

function sourcesOf(folder) {
  return readdirSync(path.join(root, folder), { recursive: true })
    .filter((file) => /\.(ts|vue)$/.test(file) && !/\.(test|d)\.ts$|(^|\/)(node_modules|dist[^/]*|miniprogram_dist|test|fixtures)\//.test(file))
    .map((file) => path.join(folder, file))
}

function importsOf(file) {
  const text = readFileSync(path.join(root, file), 'utf8')
  const found = [...text.matchAll(/^(import|export)( type)? ?([^'"]*?) from ['"]([^'"]+)['"]|^import ['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm)]
  return found.map(([, , type, names = '', from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic
    const target = specifier.startsWith('.') ? path.join(path.dirname(file), specifier).replace(/\.js$/, '.ts') : specifier
    return { specifier, target, typeOnly: type !== undefined, names }
  })
}

function checkPackage(file, imports, allowed) {
  for (const { specifier, target } of imports) {
    if (specifier.startsWith('@tongxing/') && !allowed.includes(specifier)) problems.push(`${file} imports ${specifier}: its package may import ${allowed.join(', ') || 'none of ours'}`)
    if (specifier.startsWith('.') && !target.startsWith(file.split('/').slice(0, 2).join('/'))) problems.push(`${file} reaches into another package: ${specifier}`)
  }
}

function checkEmulatorRooms(file, imports) {
  const room = file.split('/')[2]
  for (const { specifier, target } of imports) {
    const other = specifier.startsWith('.') ? target.split('/')[2] : room
    if (EMULATOR_ROOMS.includes(other) && other !== room) problems.push(`${file} reaches into ${other}: ${specifier}`)
    if (specifier.startsWith('#') && !EMULATOR_NAMES[room]?.test(specifier)) problems.push(`${file} imports ${specifier}: ${room} may not`)
  }
}

function roomOf(file) {
  const place = file.replace(/^packages\/server\/src\//, '').replace(/\.ts$/, '')
  if (BASE.includes(place)) return 'base'
  return Object.keys(ROOMS).filter((room) => place === room || place.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0]
}

function checkRooms(file, imports) {
  const room = roomOf(file)
  if (!room) problems.push(`${file} stands in no room; give it one in ARCHITECTURE.md and here`)
  for (const { specifier, target, names } of imports) {
    if (!specifier.startsWith('.')) continue
    const other = roomOf(target)
    if (other !== room && other !== 'base' && !ROOMS[room]?.includes(other)) problems.push(`${file} (${room}) imports ${target} (${other}): no such arrow`)
    const place = file.replace(/^packages\/server\/src\//, '').replace(/\.ts$/, '')
    if (/\breveal\b/.test(names) && !REVEALERS.includes(place)) problems.push(`${file} looks inside a Secret; only ${REVEALERS.join(', ')} may`)
  }
}

function checkCycles(graph) {
  const done = new Set()
  const visit = (file, trail) => {
    if (trail.includes(file)) return problems.push(`cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`)
    if (done.has(file)) return
    for (const { target, typeOnly } of graph.get(file) ?? []) if (!typeOnly) visit(target, [...trail, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
}
