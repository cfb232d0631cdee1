/** Whether WeChat looks at what users call themselves before it is kept. */
export interface ContentCheckOptions {
  /** What happens while WeChat cannot be asked: true keeps the text unchecked, false refuses it for the time being. Default: false. */
  readonly failOpen?: boolean
}

/** The check, or null for none. */
export type ContentCheckConfig = Required<ContentCheckOptions> | null

/** Completes the option. */
export function checkContentCheck(option: boolean | ContentCheckOptions | undefined): ContentCheckConfig {
  if (option === undefined || option === false) return null
  return { failOpen: false, ...(option === true ? {} : option) }
}
