import { createRequire } from 'node:module'

/** Reads a SQLite file with whatever this Node has: the tests look at the rows themselves, not through our store. */
export function readDatabase(file: string): { all: (sql: string) => Record<string, unknown>[], close: () => void } {
  const { DatabaseSync } = (process as unknown as { getBuiltinModule?: (name: string) => { DatabaseSync?: new (file: string) => Database } | undefined }).getBuiltinModule?.('node:sqlite') ?? {}
  const Database = DatabaseSync ?? createRequire(import.meta.url)('libsql') as new (file: string) => Database
  const db = new Database(file)
  return { all: (sql) => db.prepare(sql).all(), close: () => db.close() }
}

interface Database {
  prepare(sql: string): { all(): Record<string, unknown>[] }
  close(): void
}
