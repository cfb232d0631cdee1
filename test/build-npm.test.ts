import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createPhone } from '@tongxing/emulator/runtime'
import { expect, it, onTestFinished } from 'vitest'
import { DOMAIN, openStage } from './stage.js'

const CLIENT = path.join(import.meta.dirname, '../packages/client')
/** WeChat's own tool: what stands behind 工具 → 构建 npm in DevTools. */
const PACKER = 'miniprogram-ci@2.1.42'
const REASON = `LONG_TESTS=1 installs WeChat's packer (${PACKER}, 275 MB)`

const use = (title: string): string => `
const { createClient } = require('@tongxing/client')
const { explain } = require('@tongxing/client/messages')
const client = createClient({ baseURL: '${DOMAIN}' })
Page({
  data: { text: '' },
  async onLoad() {
    const { data } = await client.get('/v1/session')
    this.setData({ text: '${title} ' + data.uid + ' ' + typeof explain })
  },
})`

function npm(cwd: string, ...words: string[]): string {
  return execFileSync('npm', [...words, '--no-fund', '--no-audit', '--ignore-scripts'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] }).toString()
}

/** A mini program with a page in its main package and one in a subpackage, both of which use the packed client; packages not built yet. */
function writeProgram(folder: string): string {
  const [tarball] = npm(CLIENT, 'pack', '--silent', '--pack-destination', folder).trim().split('\n').slice(-1)
  const root = path.join(folder, 'program')
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  write('project.config.json', JSON.stringify({ appid: 'wx0123456789abcdef', compileType: 'miniprogram', miniprogramRoot: './', setting: { nodeModules: true } }))
  write('app.json', JSON.stringify({ pages: ['pages/home/home'], subPackages: [{ root: 'shop', pages: ['pages/cart/cart'] }] }))
  write('app.js', 'App({})')
  for (const [at, title] of [['pages/home/home', 'main'], ['shop/pages/cart/cart', 'sub']] as const) {
    write(`${at}.js`, use(title))
    write(`${at}.wxml`, '<view class="text">{{text}}</view>')
    write(`${at}.json`, '{}')
  }
  for (const at of ['', 'shop/']) {
    write(`${at}package.json`, JSON.stringify({ name: 'program', version: '1.0.0', dependencies: { '@tongxing/client': `file:${path.join(folder, tarball!)}` } }))
    npm(path.join(root, at), 'install', '--omit=peer')
  }
  return root
}

// In a process of its own: the packer brings a thousand packages, and globals.
const PACK = `
const ci = require('miniprogram-ci')
const [projectPath, privateKeyPath] = process.argv.slice(1)
const project = new ci.Project({ appid: 'wx0123456789abcdef', type: 'miniProgram', projectPath, privateKeyPath, ignores: [] })
ci.packNpm(project, { reporter() {} }).then((warnings) => process.stdout.write('\\n' + JSON.stringify(warnings)))`

function buildNpm(folder: string, root: string): unknown {
  const tool = path.join(folder, 'tool')
  mkdirSync(tool)
  writeFileSync(path.join(tool, 'package.json'), '{ "private": true }')
  npm(tool, 'install', PACKER)
  // Only uploads are signed.
  writeFileSync(path.join(folder, 'no.key'), 'not a key')
  const said = execFileSync(process.execPath, ['-e', PACK, root, path.join(folder, 'no.key')], { cwd: tool, stdio: ['ignore', 'pipe', 'pipe'] }).toString()
  return JSON.parse(said.split('\n').at(-1)!)
}

it('78: the client goes through WeChat’s own "build npm" untouched and without a warning, and logs in from the main package and from a subpackage', async (context) => {
  if (!process.env.LONG_TESTS) context.skip(REASON)
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-build-npm-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }), 120_000)
  const root = writeProgram(folder)
  expect(buildNpm(folder, root)).toEqual([])
  const shipped = readFileSync(path.join(CLIENT, 'miniprogram_dist/index.js'), 'utf8')
  for (const at of ['', 'shop/']) {
    expect(readFileSync(path.join(root, `${at}miniprogram_npm/@tongxing/client/index.js`), 'utf8')).toBe(shipped)
    // What the simulator would fall back to.
    rmSync(path.join(root, `${at}node_modules`), { recursive: true })
  }

  const stage = await openStage()
  for (const [page, title] of [['pages/home/home', 'main'], ['shop/pages/cart/cart', 'sub']] as const) {
    const { device } = stage.phone()
    const phone = createPhone({ folder: root, wx: device.wx, gesture: device, page })
    await phone.settle()
    expect([phone.errors, phone.warnings, phone.text('.text')]).toEqual([[], [], expect.stringMatching(new RegExp(`^${title} u_[\\w-]{22} function$`))])
    phone.close()
  }
}, 900_000)
