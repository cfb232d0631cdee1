// A client as a mini program holds it: one bundle, loaded anew for each phone, that sees this phone's wx and clock and no other.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'

const resolveDir = fileURLToPath(new URL('.', import.meta.url))

/** Its size in bytes, minified gzip -9, and `load(phone)` for its exports. `shipped` is a bundle already. */
export function bundleClient({ entry, shipped }) {
  const text = shipped ? readFileSync(shipped, 'utf8') : bundle(entry)
  return {
    gzip: gzipSync(text, { level: 9 }).length,
    load({ wx, timers }) {
      const module = { exports: {} }
      new Function('module', 'exports', 'wx', 'setTimeout', 'clearTimeout', 'global', 'window', text)(module, module.exports, wx, timers.setTimeout, timers.clearTimeout, {}, undefined)
      return module.exports
    },
  }
}

function bundle(contents) {
  const { outputFiles: [{ text }] } = buildSync({
    stdin: { contents, resolveDir }, bundle: true, minify: true, format: 'cjs', target: 'es2018', platform: 'neutral',
    mainFields: ['browser', 'module', 'main'], conditions: ['browser'], write: false, logLevel: 'error',
  })
  return text
}
