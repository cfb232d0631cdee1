import { createRequire } from 'node:module'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

interface BuiltinStatement {
  columns(): readonly unknown[]
  all(...parameters: Bindable[]): unknown[]
  run(...parameters: Bindable[]): { changes: number | bigint, lastInsertRowid: number | bigint }
  iterate(...parameters: Bindable[]): IterableIterator<unknown>
}

interface BuiltinModule {
  readonly DatabaseSync: new (file: string) => { prepare(sql: string): BuiltinStatement, close(): void }
  readonly StatementSync: { readonly prototype: object }
}

interface LibsqlStatement {
  readonly reader: boolean
  all(parameters: readonly Bindable[]): unknown[]
  run(parameters: readonly Bindable[]): { changes: number, lastInsertRowid: number }
  iterate(parameters: readonly Bindable[]): IterableIterator<unknown>
}

type Libsql = new (file: string) => { prepare(sql: string): LibsqlStatement, close(): void }

type Bindable = string | number | bigint | null

const CACHED_STATEMENTS = 200

/**
 * Opens a SQLite file with what this Node has: `node:sqlite` from 22.16, else the optional dependency `libsql`.
 * Throws when neither is there, saying what to install.
 */
export function openSqlite(file: string): SqliteDatabase {
  const builtin = builtinSqlite()
  const { prepare, close } = builtin ? openBuiltin(builtin, file) : openLibsql(file)
  return { prepare: cached(prepare), close }
}

// `StatementSync.columns()` came with 22.16; before it a statement cannot tell whether it returns rows.
function builtinSqlite(): BuiltinModule | null {
  const load = (process as { getBuiltinModule?: (name: string) => unknown }).getBuiltinModule
  const module = load?.('node:sqlite') as BuiltinModule | undefined
  return module && 'columns' in module.StatementSync.prototype ? module : null
}

function openBuiltin(module: BuiltinModule, file: string): SqliteDatabase {
  const db = new module.DatabaseSync(file)
  return {
    close: () => db.close(),
    prepare(sql) {
      const statement = db.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters.map(bindable)),
        run: (parameters) => statement.run(...parameters.map(bindable)),
        iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
      }
    },
  }
}

function openLibsql(file: string): SqliteDatabase {
  const Database = loadLibsql()
  const db = new Database(file)
  return {
    close: () => db.close(),
    prepare(sql) {
      const statement = db.prepare(sql)
      // Always ONE array: libsql aborts the process on some single positional arguments.
      return {
        reader: statement.reader,
        all: (parameters) => statement.all(parameters.map(bindable)),
        run: (parameters) => statement.run(parameters.map(bindable)),
        iterate: (parameters) => statement.iterate(parameters.map(bindable)),
      }
    },
  }
}

function loadLibsql(): Libsql {
  try {
    return createRequire(import.meta.url)('libsql') as Libsql
  } catch (cause) {
    throw new Error('SQLite needs Node.js 22.16 or later, or the package "libsql" (npm install libsql)', { cause })
  }
}

// libsql also aborts on booleans, and cuts integers silently: refuse everything the schema does not use.
function bindable(value: unknown): Bindable {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new TypeError(`cannot bind a ${typeof value} to an SQL parameter`)
}

// Preparing costs as much as running a small statement; Kysely prepares on every call.
function cached(prepare: (sql: string) => SqliteStatement): (sql: string) => SqliteStatement {
  const statements = new Map<string, SqliteStatement>()
  return (sql) => {
    const known = statements.get(sql)
    if (known) return known
    const statement = prepare(sql)
    if (statements.size >= CACHED_STATEMENTS) statements.delete(statements.keys().next().value!)
    statements.set(sql, statement)
    return statement
  }
}
