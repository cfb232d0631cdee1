import type { DOMWindow } from 'jsdom'

/** A window whose frames come when asked for and whose due timers are known. */
export interface PhoneTimers {
  runFrames(): void
  /** A timer that could fire now has not fired yet. */
  due(): boolean
}

export function createPhoneTimers(window: DOMWindow): PhoneTimers {
  let frames: FrameRequestCallback[] = []
  const waiting = new Map<number, number>()
  const setTimer = window.setTimeout.bind(window)
  const clearTimer = window.clearTimeout.bind(window)
  const requestFrame = (callback: FrameRequestCallback): number => frames.push(callback)
  const setTimeout = (callback: (...values: unknown[]) => void, delay = 0, ...values: unknown[]): number => {
    const fire = (): void => {
      waiting.delete(id)
      callback(...values)
    }
    const id = setTimer(fire, delay)
    waiting.set(id, performance.now() + delay)
    return id
  }
  const clearTimeout = (id: number): void => {
    waiting.delete(id)
    clearTimer(id)
  }
  Object.assign(window, { requestAnimationFrame: requestFrame, setTimeout, clearTimeout })
  return {
    runFrames: () => {
      const now = frames
      frames = []
      for (const frame of now) frame(performance.now())
    },
    due: () => frames.length > 0 || [...waiting.values()].some((at) => at <= performance.now()),
  }
}
