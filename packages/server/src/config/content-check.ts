import type { App } from './apps.js'

/** Whether WeChat looks at what users show of themselves. */
export interface ContentCheckOptions {
  /** What happens while WeChat cannot be asked, or cannot look at a picture: true keeps text and picture unchecked, false refuses them for the time being. Default: false. */
  readonly failOpen?: boolean
  /**
   * Whether avatars are checked beside nicknames. WeChat fetches them from `publicURL`, and its verdict comes later, as an event to the `push` of
   * the app: both are needed then. Default: true.
   */
  readonly avatars?: boolean
}

/** The check, or null for none. */
export type ContentCheckConfig = Required<ContentCheckOptions> | null

/** Completes the option, and checks that WeChat's verdicts on avatars can come. */
export function checkContentCheck(option: boolean | ContentCheckOptions | undefined, publicURL: string, apps: readonly App[], problems: string[]): ContentCheckConfig {
  if (option === undefined || option === false) return null
  const config = { failOpen: false, avatars: true, ...(option === true ? {} : option) }
  if (config.avatars && publicURL === '') problems.push('"contentCheck" needs "publicURL", from where WeChat fetches avatars; or set contentCheck.avatars to false')
  for (const [i, app] of apps.entries()) {
    if (config.avatars && app.push === null) problems.push(`"contentCheck" needs "apps[${i}].push", to which WeChat sends its verdicts on avatars; or set contentCheck.avatars to false`)
  }
  return config
}
