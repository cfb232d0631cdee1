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
