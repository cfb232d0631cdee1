import type { Gesture } from './host.js'

/** Runs it as the direct result of a tap: the gesture ends when it returns, also by an error, and before anything it awaits. */
export function inTap<T>(gesture: Gesture, run: () => T): T {
  if ('tap' in gesture) return gesture.tap(run)
  gesture.enter()
  try {
    return run()
  } finally {
    gesture.leave()
  }
}
