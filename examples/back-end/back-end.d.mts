import type { Auth, LimitOptions, Service } from '@tongxing/server'

export function startBackEnd(auth: Auth, options?: { readonly port?: number, readonly host?: string, readonly jweixin?: string, readonly limits?: LimitOptions['limits'] }): Promise<Service>
