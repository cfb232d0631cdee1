/**
 * What the user must have agreed to before something of him is stored: the version of the text that he must have seen, one a feature.
 * The purpose of a consent carries the feature's name.
 */
export interface ConsentOptions {
  /** Nickname and avatar. Default: no consent is asked for. */
  readonly profile?: string
  /** The phone number. Default: no consent is asked for. */
  readonly phone?: string
}

const VERSION = /^[A-Za-z0-9._-]{1,32}$/

/** Checks the consents that are asked for. */
export function checkConsents(consents: ConsentOptions, problems: string[]): ConsentOptions {
  for (const feature of ['profile', 'phone'] as const) {
    const version: unknown = consents[feature]
    if (version !== undefined && !(typeof version === 'string' && VERSION.test(version))) problems.push(`"consents.${feature}" must be 1 to 32 letters, digits, dots, dashes`)
  }
  return consents
}
