import { within } from './within.js'

/** How many failures of encrypted data are allowed: behind it stands WeChat's AES-CBC without a MAC, which many tries could forge. */
export interface DecryptBudget {
  /** Of one session, in all. */
  readonly perSession: number
  /** Of one user, in 24 hours. */
  readonly perUser: number
}

/** Checks the budget; null when there is none. */
export function checkBudget(budget: DecryptBudget | false | undefined, problems: string[]): DecryptBudget | null {
  if (budget === false) return null
  return {
    perSession: within('decryptBudget.perSession', budget?.perSession ?? 5, 1, 1000, problems),
    perUser: within('decryptBudget.perUser', budget?.perUser ?? 20, 1, 1000, problems),
  }
}
