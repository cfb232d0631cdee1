import type { Client } from './client.js'
import type { Session, SessionUser } from './session.js'

/** Who is logged in, as a component sees it. */
export interface Auth {
  readonly session: Session | null
  readonly user: SessionUser | null
}

/** Tells each change of the session or the user; the function returned ends it. */
export function watch(client: Client, changed: () => void): () => void {
  const off = (['login', 'logout', 'expired', 'user'] as const).map((event) => client.on(event, changed))
  return () => off.forEach((end) => end())
}
