import { createClient } from '@tongxing/client'
import { useAuth } from '@tongxing/client/react'

const client = createClient({ baseURL: 'https://api.example.com' })

export const useName = (): string => useAuth(client).user?.profile?.nickname ?? ''
