const { client } = require('../../client.js')
const { baseURL } = require('../../config.js')
const { dataOf, run } = require('../../utils/outcome.js')

Page({
  data: { src: '', shown: '', busy: '', outcome: {} },

  issue() {
    const work = client.webviewTicket(`${baseURL}/demo/h5`).then((src) => this.setData({ src, shown: src.replace(/(ticket=txt_.{4}).*/, '$1…') }))
    run(this, 'issue', work, () => '票据已加在网址后面：60 秒内，只能用一次')
  },

  // <web-view src="{{src}}"> 会打开这个地址；网页的后端看到票据，用它换用户。这里替网页发出同样的请求。
  open() {
    run(this, 'open', client.request({ url: this.data.src, auth: 'none' }).then(dataOf), ({ uid }) => `网页的后端认出了 ${uid}`)
  },

  refuse() {
    run(this, 'refuse', client.webviewTicket('https://evil.example/'), () => '不会到这里')
  },
})
