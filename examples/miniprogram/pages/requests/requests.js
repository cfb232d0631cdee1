const { client } = require('../../client.js')
const { baseURL } = require('../../config.js')
const { dataOf, run } = require('../../utils/outcome.js')

// 长度和样子像一个令牌，只是服务端打不开它。
const OLD_TOKEN = 'txs_old'

Page({
  data: { busy: '', outcome: {} },

  onUnload() {
    if (this.slow) this.slow.abort()
  },

  list() {
    run(this, 'get', client.get('/demo/notes').then(dataOf), ({ notes }) => notes.length ? `留言：${notes.join('、')}` : '还没有留言')
  },

  write() {
    run(this, 'post', client.post('/demo/notes', { text: '你好' }).then(dataOf), ({ notes }) => `写好了，现在有 ${notes.length} 条`)
  },

  startSlow() {
    this.slow = client.get('/demo/slow', { data: { ms: 5000 } })
    run(this, 'slow', this.slow.then(dataOf), () => '慢请求有了回答')
  },

  abort() {
    this.slow.abort()
  },

  greet(event) {
    const { auth } = event.currentTarget.dataset
    run(this, auth, client.get('/demo/hello', { auth }).then(dataOf), ({ uid }) => `auth: ${auth}，服务端看到${uid ? `用户 ${uid}` : '一位访客'}`)
  },

  // 别的请求库的拦截器只要一句：被拒的令牌交给 recover，得到可以重发的会话。
  recover() {
    const work = send(OLD_TOKEN)
      .then(({ statusCode }) => client.recover(OLD_TOKEN).then(({ token }) => send(token).then((again) => [statusCode, again.statusCode])))
    run(this, 'recover', work, ([first, second]) => `旧令牌 ${first}，recover 之后 ${second}`)
  },
})

/** 别的请求库会发出的那个请求。 */
function send(token) {
  return new Promise((success, fail) => {
    wx.request({ url: `${baseURL}/v1/me`, header: { Authorization: `Bearer ${token}` }, success, fail })
  })
}
