import { useSyncExternalStore } from 'react'
import type { Client } from './client.js'
import { watch } from './watch.js'
import type { Auth } from './watch.js'

/**
 * The session and the user, in a React component (Taro): it renders anew when they change. It starts no login.
 *
 * ```tsx
 * const { user } = useAuth(client)
 * ```
 */
export function useAuth(client: Client): Auth {
  const read = () => client.session
  const session = useSyncExternalStore((changed) => watch(client, changed), read, read)
  return { session, user: session && session.user }
}
