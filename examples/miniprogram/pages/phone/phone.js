const { client } = require('../../client.js')
const { failureOf, run } = require('../../utils/outcome.js')

Page({
  data: { masked: '', way: '', busy: '', outcome: {} },

  onShow() {
    client.ready().then(() => this.show(), (error) => this.setData({ outcome: failureOf(error) }))
  },

  takePhone(event) {
    // 双击也只发送一次；拒绝、额度用完、隐私未同意各有各的错误码。
    const work = client.phone(event).then((phone) => {
      this.setData({ way: event.detail.code ? 'code（今天）' : 'encryptedData（旧版本）' })
      this.show()
      return phone
    })
    run(this, 'phone', work, ({ masked }) => `服务端得到了 ${masked}，只把打码的交还`)
  },

  show() {
    const { phone } = client.user || {}
    this.setData({ masked: phone ? phone.masked : '' })
  },
})
