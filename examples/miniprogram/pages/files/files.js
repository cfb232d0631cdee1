const { client } = require('../../client.js')
const { dataOf, run } = require('../../utils/outcome.js')

Page({
  data: { canChooseAvatar: true, path: '', busy: '', outcome: {} },

  onLoad() {
    this.setData({ canChooseAvatar: wx.canIUse('button.open-type.chooseAvatar') })
  },

  download() {
    const work = client.download({ url: '/demo/picture' }).then(({ tempFilePath }) => this.setData({ path: tempFilePath }))
    run(this, 'download', work, () => '下载好了：签了名，错误页不会被当成文件')
  },

  choose(event) {
    this.setData({ path: event.detail.avatarUrl, outcome: {} })
  },

  upload() {
    const work = client.upload({ url: '/demo/picture', filePath: this.data.path })
      .then(({ statusCode, data }) => dataOf({ statusCode, data: JSON.parse(data) }))
    run(this, 'upload', work, ({ type, size }) => `服务端收到 ${type}，${size} 字节`)
  },
})
