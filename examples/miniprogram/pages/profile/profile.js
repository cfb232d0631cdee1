const { client } = require('../../client.js')
const { failureOf, run } = require('../../utils/outcome.js')

Page({
  data: { profile: {}, canIUseGetUserProfile: false, anonymous: false, busy: '', outcome: {} },

  onLoad() {
    this.setData({ canIUseGetUserProfile: typeof wx.getUserProfile === 'function' })
  },

  onShow() {
    client.ready().then(() => this.show(), (error) => this.setData({ outcome: failureOf(error) }))
  },

  // 在点击里最先调用，前面不能有 await。
  fromTap() {
    this.take('tap', client.profile.fromTap({ desc: '用于展示头像昵称' }))
  },

  fromButton(event) {
    this.take('button', client.profile.fromEvent(event))
  },

  take(busy, asking) {
    this.setData({ anonymous: false })
    const work = asking.then((profile) => {
      this.setData({ anonymous: profile.anonymous })
      this.show()
      return profile
    })
    run(this, busy, work, ({ anonymous, profile }) => anonymous ? '' : `服务端已验签并保存：${profile.nickname}`)
  },

  show() {
    this.setData({ profile: (client.user && client.user.profile) || {} })
  },
})
