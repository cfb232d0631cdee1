import path from 'node:path'
import { backup, restore } from '../index.js'
import type { AuthOptions } from '../index.js'
import { UsageError } from './usage.js'

/** `tongxing backup FOLDER`: database and avatars into a new folder, while servers are running. */
export function runBackup(options: AuthOptions, [folder, ...rest]: readonly string[], print: (text: string) => void): void {
  if (folder === undefined || rest.length > 0) throw new UsageError('tongxing backup FOLDER')
  backup(options, folder)
  print(`Backed up to ${path.resolve(folder)}\nThe sealing keys are not in it: keep keys.json (or TONGXING_KEYS) somewhere else.\n`)
}

/** `tongxing restore FOLDER --servers-are-stopped` */
export async function runRestore(options: AuthOptions, [folder, consent, ...rest]: readonly string[], print: (text: string) => void): Promise<void> {
  if (folder === undefined || consent !== '--servers-are-stopped' || rest.length > 0) {
    throw new UsageError('tongxing restore FOLDER --servers-are-stopped\nStop every server of this database first: a running one would go on with the old file.')
  }
  const { kept } = await restore(options, folder)
  print(`Restored. Every session has ended; phones log in again by themselves.\n${kept === null ? '' : `The database that was replaced is kept as ${kept}\n`}`)
}
