/** Checks where the outside world reaches the service; no slash at its end, and '' when nobody said. */
export function checkPublicURL(publicURL: string | undefined, problems: string[]): string {
  if (publicURL === undefined) return ''
  const url = URL.canParse(publicURL) ? new URL(publicURL) : null
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === ''
  if (!isPlain) problems.push('"publicURL" (TONGXING_PUBLIC_URL) must be an http or https address without a query')
  return publicURL.replace(/(^|[^/])\/+$/, '$1')
}
