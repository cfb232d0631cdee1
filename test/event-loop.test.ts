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

  const waiting = Array.from({ length: 10 }, () => stage.send('GET', '/v1/session', { token }))
  const until = performance.now() + 1000
  while (performance.now() < until) Math.sqrt(until)
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 200))
  const stall = await longestStall()
  expect(stall).toBeGreaterThan(0.5)
  expect(await longestStall()).toBeLessThan(stall)
})
