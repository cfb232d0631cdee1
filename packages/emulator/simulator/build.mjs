// Builds what the browser loads: the phone's bridge and jweixin (esbuild), and the page (vite) when its sources changed.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const out = path.join(here, '../dist/simulator')
const stamp = path.join(out, 'page.hash')

/** Writes dist/simulator/bridge.js, jweixin.js and dist/simulator/page/. Tells whether the page had to be built. */
export async function buildSimulator() {
  await esbuild({
    entryPoints: { bridge: path.join(here, 'phone/bridge.ts'), jweixin: path.join(here, 'web-page/jweixin.ts') }, outdir: out,
    bundle: true, minify: true, format: 'iife', target: 'es2022', logLevel: 'warning',
  })
  const hash = hashPage()
  if (existsSync(path.join(out, 'page/index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false
  // Loaded only here: vite alone takes longer than everything else on an unchanged tree.
  const { build } = await import('vite')
  await build({ configFile: path.join(here, 'page/vite.config.mjs'), logLevel: 'warn' })
  writeFileSync(stamp, hash)
  return true
}

function hashPage() {
  const hash = createHash('sha256')
  const files = ['page', 'wire'].flatMap((folder) => readdirSync(path.join(here, folder), { recursive: true }).map((file) => path.join(folder, file)))
  for (const file of ['../package.json', '../src/fault-rule.ts', 'build.mjs', ...files.filter((name) => /\.\w+$/.test(name) && !/\.test\.ts$/.test(name)).sort()]) {
    hash.update(file).update('\0').update(readFileSync(path.join(here, file)))
  }
  return hash.digest('hex')
}
