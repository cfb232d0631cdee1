import { computed, onScopeDispose, shallowRef } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { Client } from './client.js'
import type { Session, SessionUser } from './session.js'
import { watch } from './watch.js'

/** What `useAuth` gives in Vue. */
export interface AuthRefs {
  readonly session: Readonly<ShallowRef<Session | null>>
  readonly user: ComputedRef<SessionUser | null>
}

/**
 * The session and the user, in a Vue component (uni-app): refs that follow them. It starts no login.
 *
 * ```ts
 * const { user } = useAuth(client)
 * ```
 */
export function useAuth(client: Client): AuthRefs {
  const session = shallowRef(client.session)
  onScopeDispose(watch(client, () => { session.value = client.session }))
  return { session, user: computed(() => session.value && session.value.user) }
}
