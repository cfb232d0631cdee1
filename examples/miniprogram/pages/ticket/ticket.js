const { client } = require('../../client.js')
const { baseURL } = require('../../config.js')
const { run } = require('../../utils/outcome.js')

Page({
  data: { src: '', shown: '', busy: '', outcome: {} },

  issue() {
    const work = client.webviewTicket(`${baseURL}/demo/h5`).then((src) => this.setData({ src, shown: src.replace(/(ticket=txt_.{4}).*/, '$1…') }))
    run(this, 'issue', work, () => '票据已加在网址后面：60 秒内，只能用一次')
  },

  // 网页在 <web-view> 里打开，它的后端用票据认出用户。
  open() {
    this.show(this.data.src)
  },

  refuse() {
    run(this, 'refuse', client.webviewTicket('https://evil.example/'), () => '不会到这里')
  },

  unlisted() {
    this.show('https://evil.example/')
  },

  show(src) {
    wx.navigateTo({
      url: `/pages/web/web?src=${encodeURIComponent(src)}`,
      events: { news: (news) => this.hear(news) },
    })
  },

  hear({ uid, failed }) {
    if (uid) this.setData({ outcome: { result: `网页认出了 ${uid}` } })
    if (failed) this.setData({ outcome: { problem: '网页没有打开', code: 'binderror' } })
  },
})
