// Every package can be imported as published (publint) and carries the licence, every exported name has a docstring, and no published type is `any`.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const licence = readFileSync(path.join(root, 'LICENSE'), 'utf8')
const problems = []
let names = 0

for (const name of ['protocol', 'client', 'server', 'emulator']) {
  const folder = path.join(root, 'packages', name)
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const { messages } = await publint({ pkgDir: folder, strict: true })
  // npm packs only what lies in the package's own folder, and MIT wants its text in every copy.
  if (!existsSync(path.join(folder, 'LICENSE')) || readFileSync(path.join(folder, 'LICENSE'), 'utf8') !== licence) problems.push(`${name}: LICENSE is not the one of the root`)
  for (const message of messages) problems.push(`${name}: ${formatMessage(message, manifest)}`)
  for (const file of readdirSync(path.join(folder, 'dist'), { recursive: true })) {
    if (file.endsWith('.d.ts') && /[:<,|] *any\b|\bas any\b/.test(withoutComments(path.join(folder, 'dist', file)))) problems.push(`${name}: dist/${file} has an \`any\``)
  }
  for (const entry of Object.values(manifest.exports)) {
    const types = entry.types ?? entry.import?.types
    if (types) checkDocstrings(path.join(folder, types), name)
  }
}

process.stdout.write(problems.length > 0 ? `${problems.join('\n')}\n` : `4 packages, ${names} exported names, all documented\n`)
process.exitCode = problems.length > 0 ? 1 : 0

function checkDocstrings(file, name) {
  const program = ts.createProgram([file], { skipLibCheck: true, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) return problems.push(`${name}: ${file} exports nothing`)
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    names++
    if (symbol.getDocumentationComment(checker).length === 0) problems.push(`${name}: ${exported.name} has no docstring`)
  }
}

function withoutComments(file) {
  return readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
}
