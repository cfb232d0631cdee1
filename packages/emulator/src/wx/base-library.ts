/** True when version `have` is `needed` or later. Both as `2.27.1`. */
export function atLeast(have: string, needed: string): boolean {
  const [a, b] = [have, needed].map((version) => version.split('.').map(Number))
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
