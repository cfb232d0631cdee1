const { client } = require('../client.js')

const ROUTE = 'pages/privacy/privacy'
let pending = null
let installed = false

// 微信只留最后一个监听者，也没有办法取消：整个程序装一次，弹窗画在「隐私协议」页上。
function install() {
  if (installed) return
  installed = true
  client.privacy.install((popup) => {
    pending = popup
    const page = getCurrentPages().slice(-1)[0]
    // 别的页面上用到隐私接口，就到那一页去问；问完再回来。
    if (page.route === ROUTE) page.showPopup()
    else wx.navigateTo({ url: `/${ROUTE}?asked=1`, fail: () => take().disagree() })
  })
}

/** 等着的那个弹窗，没有时是 null。 */
const current = () => pending

/** 取走它：接下来由取走的人给出结果。 */
function take() {
  const popup = pending
  pending = null
  return popup
}

module.exports = { current, install, take }
