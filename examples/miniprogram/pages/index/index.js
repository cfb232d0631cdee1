const { client } = require('../../client.js')
const { messageOf } = require('../../utils/messages.js')

const GROUPS = [
  { title: '教程与对照', en: 'Side by side', pages: [
    { id: 'by-hand', title: '手写登录', en: 'By hand', hint: '教程的写法：wx.login、回调、自己存令牌' },
    { id: 'with-client', title: '用通行客户端', en: 'With the client', hint: '同样的事，几行代码' },
  ] },
  { title: '登录与请求', en: 'Login and requests', pages: [
    { id: 'sessions', title: '登录与会话', en: 'Sessions', hint: '续期、退出、其他设备' },
    { id: 'requests', title: '请求', en: 'Requests', hint: '读写、中止、要不要登录、恢复' },
    { id: 'storm', title: '并发 20', en: 'Twenty at once', hint: '会话失效时 20 个请求，只登录一次' },
  ] },
  { title: '授权', en: 'Authorization', pages: [
    { id: 'profile', title: '头像昵称', en: 'Profile', hint: '微信代给的三种做法，认出占位资料' },
    { id: 'fill-in', title: '头像昵称填写', en: 'Fill-in', hint: '今天拿到昵称的正确做法' },
    { id: 'phone', title: '手机号', en: 'Phone number', hint: '一次性的 code，或旧版本的加密数据' },
    { id: 'scopes', title: '权限', en: 'Scopes', hint: '总有结果；拒绝过就带到设置' },
    { id: 'privacy', title: '隐私协议', en: 'Privacy agreement', hint: '一个弹窗，所有等着的接口' },
    { id: 'sensitive', title: '加密数据', en: 'Encrypted data', hint: '先确认 session_key 还活着' },
  ] },
  { title: '更多', en: 'More', pages: [
    { id: 'files', title: '上传和下载', en: 'Upload, download', hint: '同样的登录、签名、重发' },
    { id: 'live', title: '实时连接', en: 'WebSocket', hint: '断线重连，每次重新签名' },
    { id: 'ticket', title: '网页登录', en: 'Web-view ticket', hint: '一次性的票据，会话不进网址' },
    { id: 'errors', title: '错误与调试', en: 'Errors, debug', hint: '中英文案，每一步一行' },
  ] },
]

const STATES = { loading: '正在登录…', in: '已登录', out: '未登录', failed: '登录失败' }

Page({
  data: { groups: GROUPS, state: 'loading', stateText: STATES.loading, uid: '', profile: {}, problem: '' },

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
