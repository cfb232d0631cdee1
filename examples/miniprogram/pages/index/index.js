const { client } = require('../../client.js')
const { messageOf } = require('../../utils/messages.js')

const CARDS = [
  { id: 'by-hand', title: '手写登录', hint: '教程的写法：wx.login、回调、自己存令牌' },
  { id: 'with-client', title: '用通行客户端', hint: '同样的事，几行代码' },
  { id: 'storm', title: '并发 20', hint: '会话失效时 20 个请求，只登录一次' },
  { id: 'fill-in', title: '头像昵称填写', hint: '今天拿到昵称的正确做法' },
]

const STATES = { loading: '正在登录…', in: '已登录', out: '未登录', failed: '登录失败' }

Page({
  data: { cards: CARDS, state: 'loading', stateText: STATES.loading, uid: '', profile: {}, problem: '' },

  onLoad() {
    this.stops = ['login', 'logout'].map((name) => client.on(name, () => this.show()))
  },

  onShow() {
    this.refresh()
  },

  onUnload() {
    this.stops.forEach((stop) => stop())
  },

  refresh() {
    this.setState(client.session ? 'in' : 'loading')
    client.ready().then(
      () => this.show(),
      (error) => this.setState(error.code === 'SIGNED_OUT' ? 'out' : 'failed', messageOf(error)),
    )
  },

  show() {
    this.setState(client.session ? 'in' : 'out')
  },

  setState(state, problem = '') {
    const user = client.user || {}
    this.setData({ state, stateText: STATES[state], problem, uid: user.uid || '', profile: user.profile || {} })
  },
})
