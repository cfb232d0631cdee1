import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isEmulatorAppid, SESSION_KEY_POLICIES } from './app.js'
import { isPersonId } from './person.js'
import type { SessionKeyPolicy } from './app.js'
import type { SavedState } from './state.js'

/** ms of real time between a change and its being written. */
const SAVE_DELAY = 100

/** Keeps a state in a file. */
export interface StateFile {
  /** Something changed: write it shortly. */
  touch(): void
  /** Writes now, if anything changed. Throws what the file system throws. */
  flush(): void
}

/** Reads a state file; undefined when there is none. Throws Error when it is unreadable or not ours. */
export function loadState(file: string): SavedState | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const saved = asState(parse(text))
  if (saved === undefined) throw new Error(`${file} is not a state file of the emulator; delete it to start afresh`)
  const problem = problemOf(saved)
  if (problem !== undefined) throw new Error(`${file} cannot be used: ${problem}; mend it, or delete it to start afresh`)
  return saved
}

/** A copy of it. Throws TypeError when it is not a state, or lacks something. */
export function readState(value: unknown): SavedState {
  const saved = asState(value)
  if (saved === undefined) throw new TypeError('not a state of the emulator: {"version": 1, "apps", "people", "openids", "unionids"}')
  const problem = problemOf(saved)
  if (problem !== undefined) throw new TypeError(`the state cannot be used: ${problem}`)
  return structuredClone(saved)
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** What the emulator cannot do without, by list. */
const NEEDED: Readonly<Record<'apps' | 'people', Readonly<Record<string, (value: unknown) => boolean>>>> = {
  apps: { appid: (value) => isEmulatorAppid(value), secret: isText, name: isText, unionScope: (value) => value === null || isText(value), sessionKeyPolicy: (value) => SESSION_KEY_POLICIES.includes(value as SessionKeyPolicy) },
  people: { id: (value) => isPersonId(value), nickName: (value) => typeof value === 'string', avatarUrl: (value) => typeof value === 'string', risk: (value) => typeof value === 'boolean' },
}

/** The first member that is missing or makes no sense: `"apps[0].appid" is missing`. */
function problemOf(saved: SavedState): string | undefined {
  for (const list of ['apps', 'people'] as const) {
    for (const [index, entry] of saved[list].entries()) {
      for (const [name, fits] of Object.entries(NEEDED[list])) {
        const value = (entry as unknown as Record<string, unknown>)[name]
        if (!fits(value)) return `"${list}[${index}].${name}" ${value === undefined ? 'is missing' : `makes no sense: ${JSON.stringify(value)}`}`
      }
    }
  }
  for (const list of ['openids', 'unionids'] as const) {
    const index = saved[list].findIndex((pair) => !Array.isArray(pair) || pair.length !== 2 || !pair.every(isText))
    if (index >= 0) return `"${list}[${index}]" must be two texts`
  }
  return undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asState(value: unknown): SavedState | undefined {
  const saved = value as Partial<SavedState> | null | undefined
  const lists = [saved?.apps, saved?.people, saved?.openids, saved?.unionids]
  return saved?.version === 1 && lists.every((list) => Array.isArray(list) && list.every((entry) => typeof entry === 'object' && entry !== null)) ? saved as SavedState : undefined
}

/** `save` gives what to write. */
export function createStateFile(file: string, save: () => SavedState): StateFile {
  let timer: NodeJS.Timeout | undefined
  let written = ''

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const text = JSON.stringify(save(), null, 2)
    if (text === written) return
    // Written beside and moved over it, so that a crash leaves the old file whole. 0600: it holds AppSecrets.
    const aside = `${file}.${randomBytes(4).toString('hex')}.new`
    writeFileSync(aside, text, { mode: 0o600, flag: 'wx' })
    renameSync(aside, file)
    written = text
  }

  // On a timer there is nobody to throw at; close() tries again and throws.
  function flushOrTell(): void {
    try {
      flush()
    } catch (error) {
      process.stderr.write(`tongxing-emulator: cannot write ${file}: ${String(error)}\n`)
    }
  }

  return {
    flush,
    touch() {
      timer ??= setTimeout(flushOrTell, SAVE_DELAY).unref()
    },
  }
}
