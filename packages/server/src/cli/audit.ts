import type { Auth } from '../index.js'
import { UsageError } from './usage.js'

const USAGE = 'tongxing audit show [AFTER] | head | verify [SEQ:HASH]'

/** `tongxing audit …`: what happened, and whether anybody changed it afterwards. */
export async function runAudit({ audit }: Auth, [verb, argument, ...rest]: readonly string[], print: (text: string) => void): Promise<void> {
  if (rest.length > 0) throw new UsageError(USAGE)
  if (verb === 'show') return show(audit, argument, print)
  if (verb === 'head') return print(markText(await audit.head()))
  if (verb !== 'verify') throw new UsageError(USAGE)
  const verdict = await audit.verify(argument === undefined ? undefined : markOf(argument))
  if (!verdict.intact) throw new UsageError(`The audit log was changed: event ${verdict.at} does not follow from the one before it.`)
  print(`The audit log is whole: ${verdict.events} events. Its head, to be kept elsewhere:\n${markText(verdict.head)}`)
}

async function show(audit: Auth['audit'], after: string | undefined, print: (text: string) => void): Promise<void> {
  if (after !== undefined && !/^\d{1,15}$/.test(after)) throw new UsageError(USAGE)
  for (const { seq, at, event, user, subject, detail } of await audit.read({ after: Number(after ?? 0), limit: 1000 })) {
    print(`${String(seq).padStart(8)}  ${new Date(at).toISOString()}  ${event.padEnd(18)}${[user, subject, detail].filter((part) => part !== null).join('  ')}\n`)
  }
}

const markText = ({ seq, hash }: { seq: number, hash: string }): string => `${seq}:${hash}\n`

function markOf(text: string): { seq: number, hash: string } {
  const [, seq, hash] = /^(\d{1,15}):([A-Za-z0-9_-]+)$/.exec(text) ?? []
  if (seq === undefined || hash === undefined) throw new UsageError(USAGE)
  return { seq: Number(seq), hash }
}
