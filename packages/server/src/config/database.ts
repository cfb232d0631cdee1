import path from 'node:path'
import type { Store } from '../store/store.js'

/** Where the truth is kept. */
export type Database = { readonly sqlite: string } | { readonly custom: Store }

/** Checks the store. */
export function checkStore(store: string | Store | undefined, dataDir: string, problems: string[]): Database {
  if (typeof store === 'object' && store !== null) return { custom: store }
  if (store === undefined) return { sqlite: path.join(dataDir, 'tongxing.db') }
  if (!/^sqlite:./.test(String(store))) problems.push('"store" (TONGXING_STORE) must look like sqlite:FILE')
  return { sqlite: String(store).slice('sqlite:'.length) }
}
