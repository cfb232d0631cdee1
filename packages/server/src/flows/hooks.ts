import type { Hooks } from '../config.js'
import type { Logger } from '../log.js'

type EventOf<Name extends keyof Hooks> = Parameters<NonNullable<Hooks[Name]>>[0]

/** Calls the application's hooks. */
export interface HookRunner {
  /** Resolves when the hook has, or when it has taken too long; never rejects. */
  run<Name extends keyof Hooks>(name: Name, event: EventOf<Name>): Promise<void>
  /** Resolves when no hook is under way, or when they have taken too long. */
  drain(): Promise<void>
}

interface HookParts {
  readonly hooks: Hooks
  /** How long an answer waits for a hook. */
  readonly hookWaitMs: number
  /** How long the end of the server waits for all of them. */
  readonly drainMs?: number
  readonly log: Logger
}

export function createHookRunner({ hooks, hookWaitMs, drainMs = 10_000, log }: HookParts): HookRunner {
  const underWay = new Set<Promise<void>>()

  return {
    async run(name, event) {
      const hook = hooks[name] as ((event: unknown) => unknown) | undefined
      if (!hook) return
      const work = call(() => hook.call(hooks, event), name, log).finally(() => underWay.delete(work))
      underWay.add(work)
      const isInTime = await within(work, hookWaitMs)
      if (!isInTime) log.warn({ event: 'hook_slow', hook: name }, 'a hook takes longer than hookWaitMs; the answer goes out without it')
    },
    async drain() {
      if (!(await within(Promise.all(underWay), drainMs))) log.warn({ event: 'hook_lost', hooks: underWay.size }, 'hooks were still under way at the end')
    },
  }
}

async function call(hook: () => unknown, name: string, log: Logger): Promise<void> {
  try {
    await hook()
  } catch (error) {
    log.error({ event: 'hook_failed', hook: name, err: error }, 'a hook failed; what it was told of has happened')
  }
}

// False when the time ran out first.
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => resolve(false), ms) })
  const isInTime = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return isInTime
}
