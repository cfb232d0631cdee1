import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

// Every example in TypeScript or JavaScript, of the docs, the READMEs and the docstrings, is compiled against the types that are shipped.
const ROOT = path.join(import.meta.dirname, '..')

/** Examples that are not compiled, by file and first line, and why. Nothing else is left out. */
const SKIPPED: Readonly<Record<string, string>> = {
  'docs/guides/from-hand-written-login.md: App({': 'what people have before, without types: wx.request says of its answer only that it is a text, an object or bytes',
}

interface Example {
  /** `docs/guides/native.md:12`. */
  readonly at: string
  readonly language: 'ts' | 'tsx' | 'js'
  readonly code: string
}

const PAGES = filesIn('', /\.md$/, /^(node_modules|bench\/node_modules|dist|\.git)$/)
const SOURCES = ['packages/protocol/src', 'packages/client/src', 'packages/server/src', 'packages/emulator/src', 'packages/emulator/runtime', 'packages/emulator/simulator', 'packages/emulator/check']
  .flatMap((folder) => filesIn(folder, /(?<!\.test|\.d)\.ts$/, /^(node_modules|dist|fixtures|page)$/))

function filesIn(folder: string, wanted: RegExp, unwanted: RegExp): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name)
    if (unwanted.test(entry.name)) return []
    return entry.isDirectory() ? filesIn(file, wanted, unwanted) : wanted.test(entry.name) ? [file] : []
  })
}

/** The fenced blocks of a text; docstrings lose their asterisks. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  return [...text.matchAll(/^([ *]*)```(tsx?|jsx?|typescript|javascript)\n([^]*?)^[ *]*```/gm)].map((match) => {
    const [, indent = '', language = '', code = ''] = match
    return {
      at: `${file}:${text.slice(0, match.index).split('\n').length}`,
      language: language.startsWith('j') ? 'js' : language === 'tsx' ? 'tsx' : 'ts',
      code: code.split('\n').map((line) => line.startsWith(indent) ? line.slice(indent.length) : line.replace(/^ *\* ?/, '')).join('\n'),
    }
  })
}

const firstLine = ({ code }: Example): string => code.trimStart().split('\n', 1)[0]!
const keyOf = (example: Example): string => `${example.at.replace(/:\d+$/, '')}: ${firstLine(example)}`

const EXAMPLES = [...PAGES, ...SOURCES].flatMap(examplesOf)

/** What runs on a phone; the rest runs in Node. */
const isOfPhone = ({ at, code }: Example): boolean =>
  !/@tongxing\/(server|emulator)|\bauth\.(verify|users)\b/.test(code) && (/^(packages\/client\/|docs\/guides\/(native|taro|uni-app|from-hand-written-login)|examples\/miniprogram)/.test(at) || /@tongxing\/client|\bclient\./.test(code))

// What an example may take for granted, because the text around it says where it comes from. Global, so that an example may have its own of the same name.
const OF_PHONE = `
import type { AuthError as Failure, Client, PhoneEvent as TapEvent, WxRuntime } from '@tongxing/client'
declare global {
  const client: Client
  const createClient: typeof import('@tongxing/client').createClient
  const isAuthError: typeof import('@tongxing/client').isAuthError
  const explain: typeof import('@tongxing/client/messages').explain
  const useAuth: typeof import('@tongxing/client/react').useAuth
  type AuthError = Failure
  type PhoneEvent = TapEvent
  interface Order { readonly id: string }
  function showRetry(): void
  const uni: WxRuntime
}
`
// Not installed here: the hosts' own types are tried with LONG_TESTS (taro-types.test.ts) and by packages/client/src/types.test.ts.
const HOSTS = `
declare module '@tarojs/taro' { const Taro: import('@tongxing/client').WxRuntime; export default Taro }
declare module '@mpxjs/core' { const mpx: import('@tongxing/client').WxRuntime; export default mpx }
declare module '@/client.js' { export const client: import('@tongxing/client').Client }
`
/** What a docstring takes from its own package, or from its own file. */
function globalsOf(entry: string, ...names: string[]): string {
  return names.map((name) => `  const ${name}: typeof import('${entry}').${name}`).join('\n')
}

const OF_NODE = `
import type { Auth, AppOptions, ImportUser } from '@tongxing/server'
import type { CheckReport, Mapping } from '@tongxing/emulator/check'
import type { Device, EmulatedApp, Emulator } from '@tongxing/emulator'
import type { TestPhone } from '@tongxing/emulator/runtime'
declare global {
${globalsOf('@tongxing/server', 'createAuth', 'backup', 'restore', 'systemClock', 'ConfigError', 'problemsOf', 'serveAdmin', 'retireFromKeyFile', 'rotateKeyFile', 'generateKeyRing')}
${globalsOf('@tongxing/emulator', 'decryptUserData', 'encryptUserData', 'signRawData', 'parseRule', 'printRule', 'maskStored', 'maskUrl')}
${globalsOf('@tongxing/emulator/runtime', 'compileProgram', 'CompileError', 'formatDiagnostic', 'compileOrShowErrors', 'watchProgram', 'printErrorBundle', 'readPhoneBundle', 'writePhoneBundle', 'SUPPORTED_TAGS', 'createPhone')}
${globalsOf('@tongxing/emulator/simulator', 'JWEIXIN')}
${globalsOf('../../packages/emulator/dist/runtime/compiler/watch-folder.js', 'watchFolder')}
${globalsOf('@tongxing/emulator/check', 'checkCommand', 'DEFAULT_APP', 'MappingError', 'checkMapping', 'readMapping', 'reportMarkdown', 'SITUATIONS', 'runCheck')}
  type Clock = import('@tongxing/server').Clock
  const auth: Auth
  const newer: Auth
  const restored: Auth
  const sessionKey: string
  const iv: string
  const encryptedData: string
  const rawData: string
  const signature: string
  const timestamp: number
  const kid: string
  const report: CheckReport
  const window: { eval(text: string): void }
  function reload(text: string): void
  const writeFileSync: typeof import('node:fs').writeFileSync
  const apps: AppOptions[]
  const emulator: Emulator
  const device: Device
  const app: EmulatedApp
  const appid: string
  const secret: string
  const person: string
  const folder: string
  const bytes: Uint8Array
  const token: string
  const uid: string
  const [from, into]: string[]
  const rows: ImportUser[]
  const body: object
  const encodingAESKey: string
  const mapping: Mapping
  function endSessionsOf(person: string): Promise<void>
  function startMyBackEnd(wechat: string): void
  // jest's.
  const beforeAll: typeof import('vitest').beforeAll
  const afterAll: typeof import('vitest').afterAll
  const test: typeof import('vitest').test
  const expect: typeof import('vitest').expect
}
`

const FOLDER = path.join(ROOT, 'test/examples-of-docs')
// JavaScript cannot say the type of a parameter.
const UNTYPED = /^7\d{3}$/

/** What the compiler says of examples, each a file of its own beside the others of its page. */
function problems(examples: readonly Example[], ambient: Readonly<Record<string, string>>, options: ts.CompilerOptions): string[] {
  const at = new Map<string, Example>()
  const texts = new Map(Object.entries(ambient).map(([name, text]) => [path.join(FOLDER, name), text]))
  for (const example of examples) {
    const page = example.at.replace(/:\d+$/, '').replaceAll(/[^\w]/g, '-')
    const name = /^\/\/ (?:src\/)?([\w./-]+\.m?[jt]sx?)$/.exec(firstLine(example))?.[1] ?? `line-${example.at.split(':')[1]!}.${example.language}`
    const file = path.join(FOLDER, page, name)
    const isScript = example.language === 'js' && /\brequire\(|module\.exports/.test(example.code)
    texts.set(file, isScript ? example.code : `${example.code}\nexport {}\n`)
    at.set(file, example)
  }
  const given: ts.CompilerOptions = {
    strict: true, noEmit: true, skipLibCheck: true, allowJs: true, checkJs: true, jsx: ts.JsxEmit.Preserve, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler, ...options,
  }
  const host = ts.createCompilerHost(given)
  const { readFile, fileExists, getSourceFile, directoryExists } = host
  host.readFile = (name) => texts.get(name) ?? readFile(name)
  host.fileExists = (name) => texts.has(name) || fileExists(name)
  host.directoryExists = (name) => name.startsWith(FOLDER) || directoryExists!(name)
  host.getSourceFile = (name, language) => {
    const text = texts.get(name)
    return text === undefined ? getSourceFile(name, language) : ts.createSourceFile(name, text, language)
  }
  return ts.getPreEmitDiagnostics(ts.createProgram([...texts.keys()], given, host)).flatMap(({ file, start, code, messageText }) => {
    const example = at.get(file?.fileName ?? '')
    if (example?.language === 'js' && UNTYPED.test(String(code))) return []
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1
    return [`${example?.at ?? file?.fileName ?? ''} +${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`]
  })
}

/** The values, not the types, that an entry exports: by the list that it is. */
function valuesOf(types: string): string[] {
  const listed = [...types.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim().split(' as ').at(-1)!)).filter((name) => !name.startsWith('type '))
  return [...listed, ...[...types.matchAll(/^export declare (?:function|const|class) (\w+)/gm)].map(([, name = '']) => name)].filter((name) => name !== '')
}

describe('the examples of docs, READMEs and docstrings', () => {
  const compiled = EXAMPLES.filter((example) => SKIPPED[keyOf(example)] === undefined)

  it('are all compiled, but for those that stand in the list of the skipped', () => {
    expect(EXAMPLES.length).toBeGreaterThan(60)
    expect(Object.keys(SKIPPED).filter((key) => !EXAMPLES.some((example) => keyOf(example) === key))).toEqual([])
  })

  it('show every function and class that a package exports', () => {
    const code = compiled.map((example) => example.code).join('\n')
    const values = ['client', 'server', 'emulator'].flatMap((name) => {
      const folder = path.join(ROOT, 'packages', name)
      const { exports } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { exports: Record<string, { types?: string, import?: { types: string } }> }
      return Object.entries(exports).flatMap(([entry, { types, import: { types: typesOfImport } = { types } }]) =>
        valuesOf(typesOfImport === undefined ? '' : readFileSync(path.join(folder, typesOfImport), 'utf8')).map((value) => `${name}/${entry}: ${value}`))
    })
    expect(values.length).toBeGreaterThan(40)
    const missing = values.filter((value) => !new RegExp(`\\b${value.split(': ')[1]!}\\b`).test(code))
    expect(missing).toEqual([])
  })

  it('compile on the phone\'s side, against WeChat\'s own typings', () => {
    const ambient = { 'phone.d.ts': OF_PHONE, 'hosts.d.ts': HOSTS }
    expect(problems(compiled.filter(isOfPhone), ambient, { types: ['miniprogram-api-typings'], lib: ['lib.es2020.d.ts'] })).toEqual([])
  }, 120_000)

  it('compile on Node\'s side', () => {
    expect(problems(compiled.filter((example) => !isOfPhone(example)), { 'node.d.ts': OF_NODE }, { types: ['node'], lib: ['lib.es2023.d.ts'] })).toEqual([])
  }, 120_000)
})
