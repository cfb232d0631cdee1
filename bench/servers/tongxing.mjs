// The server as it ships.
import { createAuth, serve } from '@tongxing/server'
import { options, ready } from './child.mjs'

const auth = await createAuth({
  apps: [options.app], dataDir: options.dataDir, wechat: { emulator: true, baseURL: options.wechat, timeoutMs: 30_000 },
})
// All of the load comes from one address.
const service = await serve(auth, { port: 0, limits: false })
ready(service.url, async () => {
  await service.close()
  await auth.close()
})
