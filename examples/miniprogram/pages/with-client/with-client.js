const { client } = require('../../client.js')
const { messageOf } = require('../../utils/messages.js')
const { formatClock, formatDay } = require('../../utils/time.js')

const MOST_EVENTS = 8
// 没有会话时页面怎么说；有会话时总是「已登录」。
const LOGGING_IN = '正在登录…'
const SIGNED_OUT = '已退出，不会自动登录'
const FAILED = '未登录'

Page({
  data: { user: null, status: '', expires: '', busy: '', problem: '', answer: '', anonymous: false, events: [], canIUseGetUserProfile: false },

  onLoad() {
    this.setData({ canIUseGetUserProfile: typeof wx.getUserProfile === 'function' })
    this.stops = [
      client.on('login', () => this.addEvent('login', '登录成功，拿到新的会话', LOGGING_IN)),
      client.on('expired', ({ problem }) => this.addEvent('expired', problem ? problem.title : '会话已失效', LOGGING_IN)),
      client.on('logout', ({ by }) => this.addEvent('logout', by === 'app' ? '在本机退出' : '被服务端结束', SIGNED_OUT)),
      client.on('error', (error) => this.addEvent('error', messageOf(error), FAILED)),
    ]
  },

  onShow() {
    this.showSession(LOGGING_IN)
    client.ready().then(() => this.showSession(), (error) => {
      const signedOut = error.code === 'SIGNED_OUT'
      this.showSession(signedOut ? SIGNED_OUT : FAILED)
      if (!signedOut) this.setData({ problem: messageOf(error) })
    })
  },

  onUnload() {
    this.stops.forEach((stop) => stop())
  },

  login() {
    this.run('login', client.login())
  },

  getMe() {
    this.run('me', client.get('/v1/me').then(({ statusCode, data }) => {
      if (statusCode !== 200) this.setData({ problem: data.title || `服务器回答 ${statusCode}` })
      else this.setData({ answer: `${statusCode}：服务端认出了你${data.profile ? `，${data.profile.nickname}` : ''}` })
    }))
  },

  getUserProfile() {
    // 直接写在点击里：前面不能有 await
    this.takeProfile(client.profile.fromTap({ desc: '用于展示头像昵称' }))
  },

  getUserInfo(event) {
    this.takeProfile(client.profile.fromEvent(event))
  },

  takeProfile(asking) {
    this.run('profile', asking.then((profile) => {
      if (profile.anonymous) this.setData({ anonymous: true })
      else this.setData({ answer: `服务端已验签并保存：${profile.profile.nickname}` })
    }))
  },

  logout() {
    this.run('logout', client.logout())
  },

  logoutEverywhere() {
    this.run('logout', client.logout({ everywhere: true }))
  },

  /** 一件事进行中：按钮等着；做完或出错，都显示出来。 */
  run(busy, work) {
    this.setData({ busy, problem: '', answer: '', anonymous: false })
    work.catch((error) => this.setData({ problem: messageOf(error) })).then(() => {
      this.setData({ busy: '' })
      this.showSession()
    })
  },

  showSession(without = this.data.status) {
    const { session, user } = client
    this.setData({
      user: session && Object.assign({ profile: {} }, user),
      status: session ? '已登录' : without,
      expires: session ? formatDay(session.expiresAt) : '',
    })
  },

  addEvent(name, what, without) {
    const id = (this.data.events[0] ? this.data.events[0].id : 0) + 1
    this.setData({ events: [{ id, at: formatClock(Date.now()), name, what, ok: name === 'login' }].concat(this.data.events).slice(0, MOST_EVENTS) })
    this.showSession(without)
  },
})
