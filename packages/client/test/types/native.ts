import { createClient } from '@tongxing/client'

// With miniprogram-api-typings: wx itself is the runtime, and its own event types fit.
const client = createClient({ baseURL: 'https://api.example.com', runtime: wx })

Page({
  data: { orders: [] as string[], phone: '' },
  async onLoad() {
    const { data } = await client.get<{ list: string[] }>('/orders')
    this.setData({ orders: data.list })
  },
  onPhone(event: WechatMiniprogram.ButtonGetPhoneNumber) {
    void client.phone(event).then(({ masked }) => this.setData({ phone: masked }))
  },
})
