import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const HERE = path.dirname(fileURLToPath(import.meta.url))
const TYPES = path.join(HERE, '../test/types')
const GUIDES = path.join(HERE, '../../../docs/guides')

const STRICT: ts.CompilerOptions = {
  strict: true, noEmit: true, exactOptionalPropertyTypes: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
}

/** What the compiler says of files, some of which exist only here. */
function problems(files: ReadonlyMap<string, string | undefined>, options: ts.CompilerOptions): string[] {
  const host = ts.createCompilerHost({ ...STRICT, ...options })
  const { readFile, fileExists, getSourceFile } = host
  host.readFile = (name) => files.get(name) ?? readFile(name)
  host.fileExists = (name) => files.get(name) !== undefined || fileExists(name)
  host.getSourceFile = (name, language) => {
    const text = files.get(name)
    return text === undefined ? getSourceFile(name, language) : ts.createSourceFile(name, text, language)
  }
  return ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], { ...STRICT, ...options }, host))
    .map(({ file, messageText }) => `${path.basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
}

describe('types', () => {
  it.each([
    ['native', ['miniprogram-api-typings'], ['lib.es2020.d.ts']],
    ['plain', [], ['lib.es2018.d.ts']],
    ['uni', ['@dcloudio/types'], ['lib.es2020.d.ts', 'lib.dom.d.ts']],
    ['react', [], ['lib.es2020.d.ts', 'lib.dom.d.ts']],
  ])('79: %s compiles under strict with the typings %j', (name, types, lib) => {
    expect(problems(new Map([[path.join(TYPES, `${name}.ts`), undefined]]), { types, lib })).toEqual([])
  }, 240_000)

  it('79: a type that does not fit is found', () => {
    const wrong = 'import { createClient } from "@tongxing/client"\ncreateClient({ baseURL: 7 })'
    expect(problems(new Map([[path.join(TYPES, 'wrong.ts'), wrong]]), { types: [], lib: ['lib.es2020.d.ts'] })).toHaveLength(1)
  }, 240_000)
})

// What the examples of docstrings and guides may take for granted.
const PRELUDE = `
import { createClient, isAuthError } from '@tongxing/client'
import type { AuthError, Client } from '@tongxing/client'
import { explain } from '@tongxing/client/messages'
import { useAuth } from '@tongxing/client/react'
interface Order { readonly id: string }
declare function showRetry(): void
`
const CLIENT = 'declare const client: Client\n'

/** The TypeScript examples of a text, in order. Docstrings lose their asterisks. */
function examplesOf(text: string): string[] {
  return [...text.matchAll(/```tsx?\n([^]*?)```/g)].map(([, code = '']) => code.replaceAll(/^ *\* ?/gm, ''))
}

describe('examples', () => {
  const sources = [
    ...readdirSync(HERE).filter((name) => !name.includes('.test.')).map((name) => path.join(HERE, name)),
    ...['native', 'taro', 'uni-app', 'from-hand-written-login'].map((name) => path.join(GUIDES, `${name}.md`)), path.join(HERE, '../README.md'),
  ]
  const files = new Map(sources.flatMap((file) => examplesOf(readFileSync(file, 'utf8')).map((code, index) => {
    const name = `${path.basename(file).replace(/\W/g, '-')}-${index}.ts`
    return [path.join(TYPES, name), PRELUDE + (/const client =|import .*\bclient\b/.test(code) ? '' : CLIENT) + code] as const
  })))

  it('stand in the docstrings and compile, and so do those of the guides', () => {
    expect(files.size).toBeGreaterThan(12)
    expect(problems(files, { types: ['miniprogram-api-typings'], lib: ['lib.es2020.d.ts'] })).toEqual([])
  }, 240_000)
})
