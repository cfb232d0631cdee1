import { statSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import path from 'node:path'

/** What is told of a watched folder. */
export interface FolderListener {
  /** Something changed: its path in the folder, or null when the folder itself came or went. */
  onChange(file: string | null): void
  /** The system gives up on a folder that is still there. */
  onError(error: Error): void
}

/**
 * Tells of every change below a folder, also after it was removed and made anew, as builds do that clean up first. Throws the system's error when there is no such folder.
 *
 * ```ts
 * const watched = watchFolder('./miniprogram', { onChange: (file) => console.log(file), onError: (error) => console.error(error) })
 * watched.close()
 * ```
 */
export function watchFolder(folder: string, { onChange, onError }: FolderListener, watchBy: typeof watch = watch): { close(): void } {
  const whole = path.resolve(folder)
  let inside: FSWatcher | undefined
  let identity = identityOf(whole)

  const watchInside = (): FSWatcher => watchBy(whole, { recursive: true }, (_, file) => onChange(file)).on('error', tell)

  // A removal is an error too, on Windows or when it comes at once: the folder may come back.
  function tell(error: Error): void {
    if (identityOf(whole) !== undefined) onError(error)
  }

  function watchAnew(): FSWatcher | undefined {
    try {
      return watchInside()
    } catch (error) {
      tell(error as Error)
      return undefined
    }
  }

  // The system watches what stood there, and not its name: a folder made anew would go unseen.
  const beside = watchBy(path.dirname(whole), (_, name) => {
    if (name !== null && name !== path.basename(whole)) return
    const now = identityOf(whole)
    if (now === identity) return
    identity = now
    inside?.close()
    inside = now === undefined ? undefined : watchAnew()
    onChange(null)
  }).on('error', onError)

  try {
    inside = watchInside()
  } catch (error) {
    beside.close()
    throw error
  }
  return {
    close() {
      inside?.close()
      beside.close()
    },
  }
}

// Numbers of removed folders are given to new ones: the birth belongs to it.
function identityOf(folder: string): string | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.ino} ${stats.birthtimeMs}`
}
