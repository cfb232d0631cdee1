import { AuthError } from '../errors.js'
import type { Endpoint, Parameters } from './endpoint.js'

/** One row of a table of routes. `{name}` in the path takes one segment. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly endpoint: Endpoint
}

/** A route, and what stands in the places of its `{name}`s. */
export interface Match {
  readonly route: Route
  readonly parameters: Parameters
}

const NO_PARAMETERS: Parameters = {}

/** Finds routes. A known path with another method is `method_not_allowed` with the methods it has (RFC 9110, 15.5.6); the rest is `not_found`. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match {
  const plain = new Map<string, Route>()
  const patterns: { readonly route: Route, readonly match: (path: string) => Parameters | null }[] = []
  for (const route of routes) {
    if (route.path.includes('{')) patterns.push({ route, match: patternOf(route.path) })
    else plain.set(`${route.method} ${route.path}`, route)
  }
  return (method, path) => {
    const known = plain.get(`${method} ${path}`)
    if (known) return { route: known, parameters: NO_PARAMETERS }
    const allow = routes.filter((route) => route.path === path).map((route) => route.method)
    for (const { route, match } of patterns) {
      const parameters = match(path)
      if (parameters && route.method === method) return { route, parameters }
      if (parameters) allow.push(route.method)
    }
    throw allow.length > 0 ? new AuthError('method_not_allowed', { allow }) : new AuthError('not_found')
  }
}

// The segment is taken as it stands: ids of ours need no percent-encoding, so that nothing is decoded.
function patternOf(path: string): (path: string) => Parameters | null {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`)
  return (given) => {
    const found = pattern.exec(given)
    return found && Object.fromEntries(names.map((name, i) => [name, found[i + 1]!]))
  }
}
