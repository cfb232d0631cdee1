// How long a new process takes until it serves, and what an install costs a machine without a compiler.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { APP, median } from './peers.mjs'

const ROUNDS = 5
const CLI = fileURLToPath(new URL('../packages/server/dist/cli/tongxing.js', import.meta.url))
const PACKAGES = ['protocol', 'server'].map((name) => fileURLToPath(new URL(`../packages/${name}`, import.meta.url)))

export async function measure(say) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-bench-'))
  const starts = []
  for (let n = 0; n < ROUNDS; n++) {
    say(`start ${n + 1} of ${ROUNDS}`)
    starts.push(await secondsToServe(path.join(folder, `data-${n}`)))
  }
  say('install from packed tarballs, without a compiler')
  const installed = secondsToInstall(folder)
  rmSync(folder, { recursive: true })
  const started = median(starts)
  return [{
    what: 'start of `tongxing serve` on a new data folder until it says that it serves', result: `${started.toFixed(2)} s`, accept: '< 1 s', aim: '< 1 s', holds: started < 1,
    detail: `median of ${ROUNDS}; database made and migrated, key generated`,
  }, {
    what: 'install of the server into an empty project, no compiler in reach', result: `${installed.toFixed(1)} s`, accept: '< 10 s', aim: '< 10 s', holds: installed < 10,
    detail: 'processor time of npm install from packed tarballs, which leaves the network out',
  }]
}

function secondsToServe(dataDir) {
  const startedAt = performance.now()
  const env = { ...process.env, WECHAT_APPID: 'wx0123456789abcdef', WECHAT_SECRET: APP.secret, TONGXING_PORT: '0', TONGXING_DATA: dataDir }
  const child = spawn(process.execPath, [CLI, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (chunk) => {
      said += chunk
      if (!/http:\/\/127\.0\.0\.1:\d+/.test(said)) return
      const seconds = (performance.now() - startedAt) / 1000
      child.removeAllListeners('exit').once('exit', () => resolve(seconds))
      child.kill('SIGTERM')
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', () => reject(new Error(`tongxing serve ended: ${said}`)))
  })
}

// `times` is the shell's own account of what its children used.
function secondsToInstall(folder) {
  const tarballs = PACKAGES.map((cwd) => path.join(folder, execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd }).toString().trim()))
  const script = `npm init -y >/dev/null && npm install --silent --no-fund --no-audit "$@" >/dev/null && times`
  const env = { ...process.env, CC: 'false', CXX: 'false' }
  const [, children] = execFileSync('bash', ['-c', script, 'install', ...tarballs], { cwd: folder, env }).toString().trim().split('\n')
  return children.split(' ').reduce((sum, time) => {
    const [minutes, seconds] = time.replace('s', '').split('m').map(Number)
    return sum + minutes * 60 + seconds
  }, 0)
}
