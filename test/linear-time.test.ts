import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import ts from 'typescript'
import { expect, it } from 'vitest'

const PACKAGES = fileURLToPath(new URL('../packages/', import.meta.url))
/** Ways in which a text is blown up, for each expression. */
const ATTACKS = process.env.LONG_TESTS ? 500 : 30
/** Sixteen times as long: linear work takes sixteen times as long, quadratic work 256 times, and exponential work never ends: the run ends red. */
const [SHORT, LONG] = [512, 512 * 16]
const MOST = 80

/** The expressions of a source file, read by the compiler, with where they stand. */
function expressionsOf(file: string): [string, RegExp][] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: [string, RegExp][] = []
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push([`${path.relative(PACKAGES, file)}:${line + 1} ${node.text}`, new RegExp(node.text.slice(1, end), node.text.slice(end + 1).replace(/[gy]/g, ''))])
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function sourcesOf(name: string): string[] {
  const folder = path.join(PACKAGES, name, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => path.join(folder, file))
}

/** Texts that an expression almost takes: what it matches, a piece of it repeated without end, and an end that spoils it. */
function attacksOn(expression: RegExp): ((length: number) => string)[] {
  const samples = samplesOf(expression)
  const piece = fc.constantFrom(...samples).chain((text) => fc.tuple(fc.constant(text), fc.nat(text.length), fc.nat(text.length), fc.constantFrom('', '\u0001', '\n!', 'z')))
  return fc.sample(piece, { numRuns: ATTACKS, seed: 42 }).map(([text, a, b, end]) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)]
    const repeated = text.slice(from, to) || text[from] || ' '
    return (length) => text.slice(0, from) + repeated.repeat(Math.ceil(length / repeated.length)) + end
  })
}

function samplesOf(expression: RegExp): string[] {
  const plain = [...new Set(expression.source.replaceAll(/\\./g, ' '))]
  const words = expression.source.match(/[\w -]+[=;:]?/g) ?? []
  try {
    return [...plain, ...words, ...fc.sample(fc.stringMatching(expression), { numRuns: 20, seed: 42 })]
  } catch {
    // fast-check writes no texts for look-arounds and properties of characters: pieces of the expression itself have to do.
    return [...plain, ...words]
  }
}

// The least of several: what else the machine does can only add to it.
function timeOf(expression: RegExp, text: string): number {
  let least = Infinity
  for (let i = 0; i < 5; i++) {
    const startedAt = process.hrtime.bigint()
    for (let times = 0; times < 3; times++) expression.test(text)
    least = Math.min(least, Number(process.hrtime.bigint() - startedAt))
  }
  return least
}

/** How many times longer it takes when the text is longer. */
function growthOf(expression: RegExp, short: string, long: string): number {
  timeOf(expression, short)
  return timeOf(expression, long) / timeOf(expression, short)
}

const isSlow = (expression: RegExp): boolean => attacksOn(expression).some((attack) => [1, 2, 3].every(() => growthOf(expression, attack(SHORT), attack(LONG)) > MOST))

it('T42: the search for slow expressions finds those that are', () => {
  for (const slow of [/\/+$/, /^\s*(?:a|b)*\s*\s*$/, /^(?:.*;)?(?:.*;)?x$/]) expect([slow.source, isSlow(slow)]).toEqual([slow.source, true])
  for (const fast of [/^\/*$/, /^[\w-]{1,64}$/]) expect([fast.source, isSlow(fast)]).toEqual([fast.source, false])
}, 60_000)

it.each(['server', 'client', 'protocol'])('T42: no regular expression of %s takes more than linear time, however long the text', (name) => {
  const expressions = sourcesOf(name).flatMap(expressionsOf)
  if (name !== 'protocol') expect(expressions.length).toBeGreaterThan(10)
  expect(expressions.filter(([, expression]) => isSlow(expression)).map(([where]) => where)).toEqual([])
}, 300_000)
