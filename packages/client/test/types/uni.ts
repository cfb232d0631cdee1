import { createClient } from '@tongxing/client'
import { useAuth } from '@tongxing/client/vue'

// With @dcloudio/types.
const client = createClient({ baseURL: 'https://api.example.com', runtime: uni })

export const { user } = useAuth(client)
