const { createClient } = require('@tongxing/client')
const { baseURL } = require('../../config.js')
const { messageOf } = require('../../utils/messages.js')

const COUNT = 20
// 单独的一份会话：改坏它，不影响其他页面的登录。
const STORAGE_KEY = 'tongxing-storm'

Page({
  data: { busy: false, stateText: '', cells: cellsOf('idle'), answered: 0, logins: 0, rejected: 0, summary: '', problem: '' },

  onLoad() {
    this.startClient()
    this.setData({ stateText: this.client.session ? '本地有会话' : '还没有，第一次请求会登录' })
  },

  /** 和重启小程序一样：新的客户端，会话从本地读出来。 */
  startClient() {
    this.counts = { logins: 0, rejected: 0 }
    this.client = createClient({ baseURL, storageKey: STORAGE_KEY, runtime: countingRuntime(this.counts) })
  },

  breakSession() {
    this.setData({ busy: true, summary: '', problem: '', cells: cellsOf('idle'), answered: 0, logins: 0, rejected: 0, stateText: '正在准备…' })
    this.client.ready().then(() => {
      spoilStoredToken()
      this.startClient()
      this.setData({ busy: false, stateText: '令牌已改坏，服务端不会认它' })
    }).catch((error) => this.setData({ busy: false, stateText: '没有', problem: messageOf(error) }))
  },

  fire() {
    Object.assign(this.counts, { logins: 0, rejected: 0 })
    this.setData({ busy: true, summary: '', problem: '', cells: cellsOf('waiting'), answered: 0, logins: 0, rejected: 0 })
    const all = cellsOf('waiting').map((_, index) => this.client.get('/v1/me').then(
      ({ statusCode }) => this.take(index, statusCode < 300 ? 'ok' : 'failed'),
      (error) => {
        this.take(index, 'failed')
        this.setData({ problem: messageOf(error) })
      },
    ))
    Promise.all(all).then(() => this.finish())
  },

  take(index, state) {
    this.setData({ [`cells[${index}].state`]: state, answered: this.data.answered + (state === 'ok' ? 1 : 0) })
    this.setData(this.counts)
  },

  finish() {
    const { answered, logins } = this.data
    const how = logins === 0 ? '会话有效，没有登录' : `只登录了 ${logins} 次`
    this.setData({
      busy: false,
      summary: answered === COUNT ? `${COUNT} 个请求都有了回答，${how}。` : '',
      stateText: this.client.session ? '有效' : '没有',
    })
  },
})

function cellsOf(state) {
  return Array.from({ length: COUNT }, (_, index) => ({ id: index + 1, state }))
}

/** 客户端用到的 wx，旁边记着数：数的是真正发生的 wx.login 和 401，不是客户端自己的说法。 */
function countingRuntime(counts) {
  return {
    login(options) {
      counts.logins += 1
      return wx.login(options)
    },
    request(options) {
      return wx.request(Object.assign({}, options, {
        success(response) {
          if (response.statusCode === 401) counts.rejected += 1
          options.success(response)
        },
      }))
    },
    getStorageSync: (key) => wx.getStorageSync(key),
    setStorageSync: (key, data) => wx.setStorageSync(key, data),
    removeStorageSync: (key) => wx.removeStorageSync(key),
    getAccountInfoSync: () => wx.getAccountInfoSync(),
  }
}

/** 长度和样子不变，只是服务端打不开它。 */
function spoilStoredToken() {
  const key = wx.getStorageInfoSync().keys.find((name) => name.indexOf(`${STORAGE_KEY}:`) === 0)
  const stored = wx.getStorageSync(key)
  stored.session.token = stored.session.token.slice(0, -8) + 'AAAAAAAA'
  wx.setStorageSync(key, stored)
}
