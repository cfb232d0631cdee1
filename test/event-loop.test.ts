import { monitorEventLoopDelay } from 'node:perf_hooks'
import { serveAdmin } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { openStage } from './stage.js'

it('F35: an event loop that stood still is reported to Prometheus once, and requests that waited are answered', async () => {
  const stage = await openStage()
  const admin = await serveAdmin(stage.auth, { port: 0 })
  onTestFinished(() => admin.close())
  const longestStall = async (): Promise<number> => {
    const text = await (await fetch(`${admin.url}/metrics`)).text()
    return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1])
  }
  const token = await stage.login()
  await longestStall()
  await oneTick()

  const waiting = Array.from({ length: 10 }, () => stage.send('GET', '/v1/session', { token }))
  const until = performance.now() + 1000
  while (performance.now() < until) Math.sqrt(until)
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 200))
  const stall = await longestStall()
  expect(stall).toBeGreaterThan(0.5)
  expect(await longestStall()).toBeLessThan(stall)
})

// A scrape forgets the tick before it, so that a stall is measured from the next tick on: one that is enabled now has counted later than the server's.
async function oneTick(): Promise<void> {
  const ticks = monitorEventLoopDelay({ resolution: 10 })
  ticks.enable()
  await expect.poll(() => ticks.count).toBeGreaterThan(0)
  ticks.disable()
}
