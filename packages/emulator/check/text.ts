/** A text for people, in both languages. */
export interface Text {
  readonly zh: string
  readonly en: string
}

/** A language of the report. */
export type Language = keyof Text

/** The language that the environment asks for: Chinese for a Chinese locale, else English. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** A text in both languages. */
export function text(zh: string, en: string): Text {
  return { zh, en }
}

/** A text that is no language's: what stood on the wire. */
export function same(words: string): Text {
  return { zh: words, en: words }
}

/** Several as one; what ends in a colon leads to the next. */
export function joined(texts: readonly Text[]): Text {
  return { zh: join(texts.map(({ zh }) => zh), '；', ''), en: join(texts.map(({ en }) => en), '; ', ' ') }
}

function join(words: readonly string[], between: string, afterColon: string): string {
  return words.reduce((all, one) => all === '' ? one : `${all}${/[:：]$/.test(all) ? afterColon : between}${one}`, '')
}
