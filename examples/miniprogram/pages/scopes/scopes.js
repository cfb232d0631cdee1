const { client } = require('../../client.js')
const { run } = require('../../utils/outcome.js')

const SCOPES = [
  { scope: 'scope.userLocation', id: 'location', name: '位置', rationale: '用于查找附近的门店' },
  { scope: 'scope.record', id: 'record', name: '录音', rationale: '用于发送语音' },
  { scope: 'scope.writePhotosAlbum', id: 'album', name: '保存到相册', rationale: '用于保存海报' },
]

const stateOf = (granted) => granted === undefined ? '没问过' : granted ? '已允许' : '已拒绝'

Page({
  data: { scopes: [], busy: '', outcome: {} },

  onShow() {
    this.show()
  },

  ask(event) {
    const { scope, name, rationale } = SCOPES[event.currentTarget.dataset.index]
    const work = client.scope(scope, { rationale })
    run(this, scope, work, () => `可以使用「${name}」了`).then(() => this.show())
  },

  show() {
    wx.getSetting({
      success: ({ authSetting }) => this.setData({ scopes: SCOPES.map((one) => Object.assign({ state: stateOf(authSetting[one.scope]) }, one)) }),
    })
  },
})
