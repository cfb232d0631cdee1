/** What WeChat's content checks say of a text or a picture. */
export interface ContentVerdict {
  readonly suggest: 'pass' | 'review' | 'risky'
  /** 100 is good; 10001 ads, 20001 politics, 20002 porn, 20003 abuse, 20006 crime, 20008 fraud, 20012 vulgar, 20013 copyright, 21000 other. */
  readonly label: number
}

/** Content that holds `text` is judged so; for a picture or sound, its address is looked at. */
export interface ContentRule extends ContentVerdict {
  readonly text: string
}

/** What a check comes to: the verdict, and the rules that hit. */
export interface ContentCheck extends ContentVerdict {
  readonly hits: readonly ContentRule[]
}

/** Rules that are there unless others are given: markers to put into a text or the address of a picture. */
export const DEFAULT_CONTENT_RULES: readonly ContentRule[] = [
  { text: '违规测试', suggest: 'risky', label: 20001 },
  { text: 'emulated-risky', suggest: 'risky', label: 20002 },
  { text: '复审测试', suggest: 'review', label: 21000 },
  { text: 'emulated-review', suggest: 'review', label: 21000 },
]

const SEVERITY: Readonly<Record<ContentVerdict['suggest'], number>> = { pass: 0, review: 1, risky: 2 }

/** The worst of all rules that hit, or `pass` with label 100. */
export function checkContent(content: string, rules: readonly ContentRule[]): ContentCheck {
  const hits = rules.filter(({ text }) => content.includes(text))
  const [worst] = [...hits].sort((a, b) => SEVERITY[b.suggest] - SEVERITY[a.suggest])
  return { suggest: worst?.suggest ?? 'pass', label: worst?.label ?? 100, hits }
}
