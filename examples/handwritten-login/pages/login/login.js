const session = require('../../utils/session.js')

Page({
  data: { uid: '', at: 0, busy: false, problem: '', facts: [] },

  onLoad: function () {
    const account = wx.getAccountInfoSync().miniProgram
    this.setData({ facts: [{ name: 'AppID', value: account.appId, kind: '' }, { name: '版本', value: account.envVersion, kind: '' }] })
  },

  onShow: function () {
    this.refresh('')
  },

  refresh: function (problem) {
    const current = session.get()
    this.setData({ busy: false, problem: problem || '', uid: current ? current.uid : '', at: current ? current.at : 0 })
  },

  onLogin: function () {
    const page = this
    page.setData({ busy: true, problem: '' })
    session.login(function (problem) { page.refresh(problem) })
  },

  onOrders: function (event) {
    wx.navigateTo({ url: '/pages/orders/orders?path=' + encodeURIComponent(event.currentTarget.dataset.path) })
  },

  onForget: function () {
    const page = this
    wx.showModal({
      title: '忘掉登录？',
      content: '本机的令牌会删掉',
      success: function (res) {
        if (!res.confirm) return
        session.forget()
        page.refresh('')
      },
    })
  },
})
