const { client } = require('../../client.js')
const { dataOf, run } = require('../../utils/outcome.js')

Page({
  data: { busy: '', outcome: {} },

  send() {
    // 微信的 session_key 死了，先登录再取数据：否则服务端一定打不开。
    const work = client.sensitive(() => getUserInfo().then(sendProfile)).then(dataOf)
    run(this, 'send', work, ({ uid }) => `服务端打开了加密数据，认出 ${uid}`)
  },

  sendThree() {
    const all = [1, 2, 3].map(() => client.sensitive(() => getUserInfo().then(sendProfile)).then(dataOf))
    run(this, 'three', Promise.all(all), () => '三件事都做完了，wx.checkSession 最多问一次')
  },
})

function getUserInfo() {
  return new Promise((success, fail) => { wx.getUserInfo({ withCredentials: true, success, fail }) })
}

function sendProfile({ rawData, signature, encryptedData, iv }) {
  return client.post('/v1/me/profile', { rawData, signature, encryptedData, iv })
}
