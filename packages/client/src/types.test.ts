import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const HERE = path.dirname(fileURLToPath(import.meta.url))
const TYPES = path.join(HERE, '../test/types')

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
