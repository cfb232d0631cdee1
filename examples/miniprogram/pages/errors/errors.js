const { AuthError } = require('@tongxing/client')
const { explain } = require('@tongxing/client/messages')
const { client } = require('../../client.js')
const { dataOf, run } = require('../../utils/outcome.js')

const CODES = [
  'SIGNED_OUT', 'SESSION_REJECTED', 'LOGIN_REFUSED', 'LOGIN_NETWORK', 'WX_LOGIN_FAILED', 'NETWORK', 'TIMEOUT', 'ABORTED',
  'REFUSED', 'USER_DENIED', 'SCOPE_DENIED', 'PRIVACY_DENIED', 'PRIVACY_NOT_DECLARED', 'PHONE_QUOTA', 'TAP_REQUIRED', 'UNSUPPORTED',
]

const textsIn = (language) => CODES.map((code) => Object.assign({ code }, explain(new AuthError(code), language)))

Page({
  data: { language: 'zh', texts: textsIn('zh'), busy: '', outcome: {} },

  timeOut() {
    run(this, 'timeout', client.get('/demo/slow', { data: { ms: 5000 }, timeout: 200 }).then(dataOf), () => '竟然有了回答')
  },

  goElsewhere() {
    // 别的域名只能不签名：令牌不会交给别人。没有登记的域名，微信也不让去。
    run(this, 'elsewhere', client.get('https://unlisted.example/', { auth: 'none' }).then(dataOf), () => '竟然有了回答')
  },

  refuse() {
    // 没有点过按钮，事件里什么都没有。
    run(this, 'refuse', client.phone({ detail: { errMsg: 'getPhoneNumber:fail user deny' } }), () => '竟然有了号码')
  },

  toggleLanguage() {
    const language = this.data.language === 'zh' ? 'en' : 'zh'
    this.setData({ language, texts: textsIn(language) })
  },
})
