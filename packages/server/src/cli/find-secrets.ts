import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** A place where an AppSecret seems to stand in a mini program, which everybody can download. */
export interface FoundSecret {
  readonly file: string
  /** 1 for the first. */
  readonly line: number
}

const TEXTS = /\.(js|ts|mjs|cjs|json|wxs|wxml|html|vue|jsx|tsx|env|wxapkg|txt|md|yml|yaml)$|(^|\/)\.env[^/]*$/
const SKIPPED = /(^|\/)(node_modules|\.git)\//
// An AppSecret is 32 hex digits and stands beside a name that says so; hashes of other lengths and names do not count.
const SECRET = /secret\W{0,3}[^\n]{0,60}?(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])[^\n]{0,20}secret/gi

/** Looks through the folder of a mini program (also packed: `.wxapkg`) for AppSecrets. */
export function findSecrets(folder: string): readonly FoundSecret[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => TEXTS.test(file) && !SKIPPED.test(path.relative(folder, file)))
  return files.flatMap((file) => {
    const text = readFileSync(file, 'latin1')
    return [...text.matchAll(SECRET)].map((found) => ({ file, line: lineAt(text, found.index + found[0].length) }))
  })
}

function lineAt(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}
