import { mkdirSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { AvatarStore } from '../store/store.js'

/** Avatars in a folder, made when missing, one file each. */
export function createFolderAvatars(folder: string): AvatarStore {
  const fileOf = (id: string): string => path.join(folder, path.basename(id))
  return {
    async save(id, bytes) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      // Aside first: who opens it sees the whole picture or none.
      await writeFile(`${fileOf(id)}.part`, bytes, { mode: 0o600 })
      await rename(`${fileOf(id)}.part`, fileOf(id))
    },
    open: (id) => readFile(fileOf(id)).catch(nullIfMissing),
    async remove(id) {
      for (const file of [fileOf(id), `${fileOf(id)}.part`]) await rm(file, { force: true })
    },
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
