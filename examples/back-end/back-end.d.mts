import type { Auth, Service } from '@tongxing/server'

export function startBackEnd(auth: Auth, options?: { readonly port?: number, readonly host?: string, readonly jweixin?: string }): Promise<Service>
