/** Longest nickname, in code points. */
const LONGEST = 64

/** What WeChat hands out instead of a name since 2022-11-09. */
const PLACEHOLDER = '微信用户'

// Control characters, and the marks that turn the direction of the text around them (bidi overrides and isolates).
const UNWANTED = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu

/** True for the name WeChat gives everybody: a profile without a name. */
export function isPlaceholder(nickname: string): boolean {
  return nickname.trim() === PLACEHOLDER
}

/** A nickname that a person typed: normalised (NFC) and trimmed, or null when it is empty, too long or holds control characters. */
export function acceptNickname(typed: string): string | null {
  const nickname = typed.normalize('NFC').trim()
  if (nickname === '' || [...nickname].length > LONGEST || nickname.search(UNWANTED) !== -1) return null
  return nickname
}

/** A nickname as WeChat has it: never refused, what cannot be shown is cut away, and what stands together then is normalised; null when nothing remains. */
export function cleanNickname(given: string): string | null {
  const nickname = [...given.replace(UNWANTED, '').normalize('NFC').trim()].slice(0, LONGEST).join('').trim()
  return nickname === '' ? null : nickname
}
