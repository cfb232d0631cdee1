import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Auth, ImportUser } from '../index.js'
import { UsageError } from './usage.js'

/** `tongxing users import FILE`: one JSON object a line, `{"appid", "openid", "unionid"?, "externalId"?, "createdAt"?, "nickname"?, "phone"?}`. */
export async function runImport({ users }: Auth, [file, ...rest]: readonly string[], print: (text: string) => void): Promise<void> {
  if (file === undefined || rest.length > 0) throw new UsageError('tongxing users import FILE')
  const report = await users.import(readRows(file), { onProgress: ({ rows }) => print(`${rows} rows\n`) })
  const { rows, created, linked, updated, unchanged, problems } = report
  for (const { row, what } of problems) print(`row ${row + 1}: ${what}\n`)
  print(`${rows} rows: ${created} users created, ${linked} identities linked, ${updated} updated, ${unchanged} unchanged, ${problems.length} with problems\n`)
}

async function* readRows(file: string): AsyncGenerator<ImportUser> {
  let line = 0
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    // Takes a byte order mark off, too, which JSON does not know.
    const json = text.trim()
    if (json !== '') yield parse(json, line)
  }
}

function parse(text: string, line: number): ImportUser {
  const row = read(text)
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new UsageError(`line ${line} is no JSON object; nothing of its batch was written, and what came before it is`)
  return row as ImportUser
}

// null for what is no JSON.
function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
