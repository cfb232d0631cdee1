import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** What is counted for Prometheus. No label holds an id of a person. */
export interface Metrics {
  /** One answered request. `route` is the pattern, never the path. */
  request(method: string, route: string, status: number, ms: number): void
  /** One error answer, by its code. */
  error(code: string): void
  /** One call to WeChat, by its path and what came of it: `ok`, or our error code. */
  wechat(path: string, outcome: string, ms: number): void
  /** A value that is asked for when Prometheus comes by. */
  gauge(name: string, help: string, read: () => number): void
  /** The text that `GET /metrics` answers. */
  text(): Promise<string>
  readonly contentType: string
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** A registry of its own: several Auths in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({ name: 'tongxing_http_requests_total', help: 'Requests answered', labelNames: ['method', 'route', 'status'], registers })
  const durations = new Histogram({ name: 'tongxing_http_request_seconds', help: 'Time to the answer', labelNames: ['method', 'route'], buckets: SECONDS, registers })
  const errors = new Counter({ name: 'tongxing_errors_total', help: 'Error answers, by code', labelNames: ['code'], registers })
  const calls = new Histogram({ name: 'tongxing_wechat_call_seconds', help: 'Calls to WeChat, by path and outcome', labelNames: ['path', 'outcome'], buckets: SECONDS, registers })
  const countOf = childOf((method, route, status) => requests.labels(method, route, status))
  const durationOf = childOf((method, route) => durations.labels(method, route))
  const errorOf = childOf((code) => errors.labels(code))
  return {
    request(method, route, status, ms) {
      countOf(method, route, String(status)).inc()
      durationOf(method, route).observe(ms / 1000)
    },
    error: (code) => errorOf(code).inc(),
    wechat: (path, outcome, ms) => calls.labels(path, outcome).observe(ms / 1000),
    gauge: (name, help, read) => void new Gauge({ name, help, registers, collect() { this.set(read()) } }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

// Finding the child of a set of labels costs more than counting; every request passes here.
function childOf<Child>(make: (...labels: string[]) => Child): (...labels: string[]) => Child {
  const children = new Map<string, Child>()
  return (...labels) => {
    const key = labels.join(' ')
    const known = children.get(key)
    if (known !== undefined) return known
    const child = make(...labels)
    children.set(key, child)
    return child
  }
}
