import { createClient, isAuthError } from '@tongxing/client'
import { explain } from '@tongxing/client/messages'

// Without any typings of wx, and without DOM and Node.
const client = createClient({ baseURL: 'https://api.example.com' })

export const orders: Promise<string[]> = client.get<string[]>('/orders').then(({ data }) => data)
export const title = (error: unknown): string => isAuthError(error) ? explain(error).title : ''
