import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'

/** What the phone's script weighs, in bytes. */
export interface BundleSize {
  readonly minified: number
  readonly gzipped: number
}

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const built = (): string => beside('phone.js')
let cached: string | undefined

/**
 * The runtime bundle: an iife that sets globalThis.tongxingPhone. From the published file, else built from the sources next to this one.
 *
 * ```ts
 * window.eval(compileProgram('./miniprogram').text)
 * window.eval(readPhoneBundle())
 * ```
 */
export function readPhoneBundle(): string {
  cached ??= existsSync(built()) ? readFileSync(built(), 'utf8') : buildPhone()
  return cached
}

function buildPhone(): string {
  const entry = ['phone/index.ts', 'phone/index.js'].map(beside).find(existsSync)
  if (entry === undefined) throw new Error('phone/index is missing: the package is incomplete')
  const { outputFiles } = buildSync({
    entryPoints: [entry], bundle: true, minify: true, format: 'iife', platform: 'browser', target: 'es2022', write: false, logLevel: 'silent',
    legalComments: 'none',
  })
  return outputFiles[0]?.text ?? ''
}

/**
 * Writes phone.js (the package's build step) and tells its size in bytes.
 *
 * ```ts
 * const size = writePhoneBundle('dist/phone.js')
 * ```
 */
export function writePhoneBundle(file: string = built()): BundleSize {
  const text = buildPhone()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return measure(text)
}

export const measure = (text: string): BundleSize => ({ minified: Buffer.byteLength(text), gzipped: gzipSync(text, { level: 9 }).byteLength })
