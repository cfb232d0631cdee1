const { baseURL } = require('../../config.js')

const TOKEN_KEY = 'token'

Page({
  data: {
    busy: false,
    steps: [],
    uid: '',
    problem: '',
    rejected: false,
    userInfo: {},
    hasUserInfo: false,
    canIUseGetUserProfile: false,
    verdict: '',
    refusal: '',
  },

  onLoad() {
    if (wx.getUserProfile) {
      this.setData({
        canIUseGetUserProfile: true,
      })
    }
  },

  // 一、登录

  start() {
    this.setData({ busy: true, steps: [], uid: '', problem: '', rejected: false })
    wx.getStorage({
      key: TOKEN_KEY,
      success: (found) => {
        this.step('wx.getStorage', '本地有令牌', true)
        wx.checkSession({
          success: () => {
            this.step('wx.checkSession', 'Session 未过期，登录状态未失效', true)
            this.getMe(found.data)
          },
          fail: () => {
            this.step('wx.checkSession', 'Session 过期，重新登录', false)
            this.loginAction()
          },
        })
      },
      fail: () => {
        this.step('wx.getStorage', '本地没有令牌，调用登录接口获取 code', false)
        this.loginAction()
      },
    })
  },

  relogin() {
    this.setData({ busy: true, steps: [], problem: '', rejected: false })
    this.loginAction()
  },

  loginAction() {
    wx.login({
      success: ({ code }) => {
        this.step('wx.login', '拿到 code：5 分钟内有效，只能用一次', true)
        this.sendCode(code)
      },
      fail: ({ errMsg }) => this.stop(errMsg),
    })
  },

  sendCode(code) {
    wx.request({
      url: `${baseURL}/v1/login`,
      method: 'POST',
      data: { appid: wx.getAccountInfoSync().miniProgram.appId, code },
      success: ({ statusCode, data }) => {
        this.step('POST /v1/login', statusCode === 200 ? '服务端用 code 换到 openid，返回我们自己的令牌' : data.title, statusCode === 200)
        if (statusCode === 200) this.saveToken(data.token)
        else this.stop(data.title)
      },
      fail: ({ errMsg }) => this.stop(errMsg),
    })
  },

  saveToken(token) {
    wx.setStorage({
      key: TOKEN_KEY,
      data: token,
      success: () => {
        this.step('wx.setStorage', '令牌已保存在本地', true)
        this.getMe(token)
      },
      fail: ({ errMsg }) => this.stop(errMsg),
    })
  },

  getMe(token) {
    wx.request({
      url: `${baseURL}/v1/me`,
      header: { Authorization: `Bearer ${token}` },
      success: ({ statusCode, data }) => {
        this.step('GET /v1/me', statusCode === 200 ? '请求带着令牌，服务端认出了你' : data.title, statusCode === 200)
        if (statusCode === 200) this.setData({ busy: false, uid: data.uid })
        else this.stop(data.title, statusCode === 401)
      },
      fail: ({ errMsg }) => this.stop(errMsg),
    })
  },

  forget() {
    wx.removeStorage({
      key: TOKEN_KEY,
      success: () => this.setData({ steps: [{ id: 1, name: 'wx.removeStorage', what: '本地令牌已清除', ok: true }], uid: '', problem: '', rejected: false }),
    })
  },

  step(name, what, ok) {
    const { steps } = this.data
    this.setData({ steps: steps.concat({ id: steps.length + 1, name, what, ok }) })
  },

  stop(problem, rejected = false) {
    this.setData({ busy: false, problem, rejected })
  },

  // 二、授权

  getUserProfile() {
    // 推荐使用 wx.getUserProfile 获取用户信息，每次调用都需用户确认；必须写在点击事件的最上面
    wx.getUserProfile({
      desc: '用于完善会员资料',
      success: (res) => {
        this.setData({
          userInfo: res.userInfo,
          hasUserInfo: true,
          refusal: '',
        })
        this.sendProfile(res)
      },
      fail: ({ errMsg }) => this.setData({ refusal: `没有取得资料：${errMsg}` }),
    })
  },

  getUserInfo(e) {
    // 不推荐：2021 年 4 月 28 日起，这个按钮不再弹窗，直接返回匿名的资料
    if (!e.detail.userInfo) {
      this.setData({ refusal: `没有取得资料：${e.detail.errMsg}` })
      return
    }
    this.setData({
      userInfo: e.detail.userInfo,
      hasUserInfo: true,
      refusal: '',
    })
    this.sendProfile(e.detail)
  },

  // 页面上拿到的 userInfo 谁都能伪造；服务端要保存，就得验签名。
  sendProfile({ rawData, signature, encryptedData, iv }) {
    wx.getStorage({
      key: TOKEN_KEY,
      success: (found) => wx.request({
        url: `${baseURL}/v1/me/profile`,
        method: 'POST',
        header: { Authorization: `Bearer ${found.data}` },
        data: { rawData, signature, encryptedData, iv },
        success: ({ statusCode, data }) => this.setData({ verdict: verdictOf(statusCode, data, this.data.userInfo) }),
        fail: ({ errMsg }) => this.setData({ verdict: errMsg }),
      }),
      fail: () => this.setData({ verdict: '还没有登录，只在本页显示' }),
    })
  },

  askAgain() {
    this.setData({ userInfo: {}, hasUserInfo: false, verdict: '', refusal: '' })
  },
})

function verdictOf(statusCode, { title, profile }, { nickName }) {
  if (statusCode !== 200) return `服务端没有保存：${title}`
  // 占位资料不会盖掉用户以前给过的昵称
  return profile && profile.nickname === nickName ? `服务端已验签并保存：${nickName}` : '服务端认出这是占位资料，没有保存'
}
