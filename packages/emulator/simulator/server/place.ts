/** Where an address of a listed domain really is; undefined for any other. */
export function findPlace(address: string, domains: Readonly<Record<string, string>>): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const target = url === undefined || !Object.hasOwn(domains, url.origin) ? undefined : domains[url.origin]
  return url === undefined || target === undefined ? undefined : placeOf(url, target)
}

/** Path, query and fragment are set as such: resolved as a reference, "//other" or "http://other" would lead to another server. */
function placeOf({ pathname, search, hash }: URL, target: string): URL {
  const place = new URL(target)
  place.pathname = place.pathname.replace(/\/$/, '') + pathname
  place.search = search
  place.hash = hash
  return place
}
