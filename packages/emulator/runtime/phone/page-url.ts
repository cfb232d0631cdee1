export interface PageUrl {
  readonly route: string
  readonly search: string
  readonly query: Record<string, string>
}

/** '../detail/detail?id=1', seen from the page that says it. */
export function parsePageUrl(url: string, from = ''): PageUrl {
  const [path = '', search = ''] = url.split(/\?(.*)/s)
  const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return { route: parts.join('/').replace(/\.html$/, ''), search, query: parseQuery(search) }
}

/** Whether WeChat decodes the values of onLoad's query is not established (simulator.md §17): this decodes, as the adapter does for properties. */
export function parseQuery(search: string): Record<string, string> {
  const query: Record<string, string> = {}
  for (const pair of search.split('&')) {
    const [key = '', value = ''] = pair.split(/=(.*)/s)
    if (key !== '') query[decode(key)] = decode(value)
  }
  return query
}

export const printQuery = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query).map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&')

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
