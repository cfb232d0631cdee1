const { client } = require('../../client.js')
const { run } = require('../../utils/outcome.js')
const privacyPopup = require('../../utils/privacy-popup.js')

const COUNT = 3

Page({
  data: { needed: false, contractName: '', popup: null, calls: callsOf('没有调用'), busy: '', outcome: {}, shown: 0 },

  onLoad({ asked }) {
    privacyPopup.install()
    this.refresh()
    // 是别的页面用到隐私接口才来的：问完就回去。
    this.asked = asked === '1'
    if (this.asked) this.showPopup()
  },

  onUnload() {
    // 页面关了就等于没有同意：不给结果，等着的接口会一直等下去。
    const popup = privacyPopup.take()
    if (popup) popup.disagree()
  },

  refresh() {
    client.privacy.need().then(({ needed, contractName }) => this.setData({ needed, contractName }))
  },

  callThree() {
    this.setData({ calls: callsOf('等待同意'), shown: 0 })
    const all = callsOf('').map((_, index) => requireConsent().then(
      () => this.setData({ [`calls[${index}].state`]: '可以用了' }),
      (failure) => {
        this.setData({ [`calls[${index}].state`]: '被拒绝' })
        return failure
      },
    ))
    run(this, 'three', Promise.all(all), () => `${COUNT} 个调用都有了结果，弹窗出现了 ${this.data.shown} 次`).then(() => this.refresh())
  },

  showPopup() {
    const popup = privacyPopup.current()
    this.setData({ popup: { referrer: popup.referrer }, shown: this.data.shown + 1 })
    popup.exposed()
  },

  openContract() {
    privacyPopup.current().open()
  },

  agree() {
    this.close().agree('agree')
  },

  disagree() {
    this.close().disagree()
  },

  close() {
    const popup = privacyPopup.take()
    this.setData({ popup: null })
    if (this.asked) wx.navigateBack()
    return popup
  },
})

function callsOf(state) {
  return Array.from({ length: COUNT }, (_, index) => ({ id: index + 1, state }))
}

/** 用不着隐私协议的基础库里没有这个接口，也不用问。 */
function requireConsent() {
  if (!wx.requirePrivacyAuthorize) return Promise.resolve()
  return new Promise((success, fail) => { wx.requirePrivacyAuthorize({ success, fail }) })
}
