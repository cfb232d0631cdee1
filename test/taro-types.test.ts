import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ts from 'typescript'
import { expect, it, onTestFinished } from 'vitest'

const TARO = ['@tarojs/taro@4.2.1', '@types/react@19']
const ROOT = path.join(import.meta.dirname, '..')
const GUIDE = path.join(ROOT, 'docs/guides/taro.md')

function problems(file: string): string[] {
  const paths = { '@tongxing/client': [path.join(ROOT, 'packages/client/dist/types/index.d.ts')], '@tongxing/client/react': [path.join(ROOT, 'packages/client/dist/types/react.d.ts')] }
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [], paths,
  })
  return ts.getPreEmitDiagnostics(program).map(({ file: at, messageText }) => `${path.basename(at?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
}

it('79: the examples of the Taro guide compile against Taro’s own types, where runtime: Taro fits and another object does not', (context) => {
  if (!process.env.LONG_TESTS) context.skip('LONG_TESTS=1 installs Taro')
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-taro-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }), 60_000)
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }')
  execFileSync('npm', ['install', ...TARO, '--no-fund', '--no-audit', '--ignore-scripts', '--omit=peer', '--legacy-peer-deps'], { cwd: folder, stdio: 'pipe' })
  const examples = [...readFileSync(GUIDE, 'utf8').matchAll(/```(?:js|ts|tsx)\n([^]*?)```/g)].map(([, code]) => code!)
  expect(examples.length).toBeGreaterThanOrEqual(4)
  const file = path.join(folder, 'guide.tsx')
  const text = `import { useAuth } from '@tongxing/client/react'\nimport type { PhoneEvent } from '@tongxing/client'\n${examples.join('\n')}`
  writeFileSync(file, text)
  expect(problems(file)).toEqual([])
  writeFileSync(file, text.replace('runtime: Taro', 'runtime: { login: Taro.request }'))
  expect(problems(file)).toEqual([expect.stringContaining('guide.tsx: ')])
}, 600_000)
