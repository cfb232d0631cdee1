import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { compileOrShowErrors } from './watch.js'

function program(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-program-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries({ 'app.json': '{"pages":["p"]}', 'app.js': '', 'p.wxml': '', 'p.js': 'Page({})', ...files })) writeFileSync(path.join(folder, name), text)
  return folder
}

it.each<[string, Record<string, string>]>([
  ['a component that is no path', { 'p.json': '{"usingComponents":{"x":null}}' }],
  ['a number for a component', { 'p.json': '{"usingComponents":{"x":5}}' }],
  ['WXML nested six thousand deep', { 'p.wxml': `${'<view>'.repeat(6000)}${'</view>'.repeat(6000)}` }],
])('shows the error of a half-saved file on the phone instead of ending the process: %s', (_name, files) => {
  expect(compileOrShowErrors(program(files)).error?.message).toBeTruthy()
  expect(compileOrShowErrors(program({})).error).toBeUndefined()
})
