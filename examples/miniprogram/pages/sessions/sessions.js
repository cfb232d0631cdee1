const { createClient } = require('@tongxing/client')
const { client } = require('../../client.js')
const { baseURL } = require('../../config.js')
const { dataOf, failureOf, run } = require('../../utils/outcome.js')
const { formatDay } = require('../../utils/time.js')

// 同一个人的另一台设备：会话存在别的键下，和本机互不相干。
const elsewhere = createClient({ baseURL, storageKey: 'tongxing-elsewhere', device: '另一台设备' })

Page({
  data: { session: null, devices: [], busy: '', outcome: {} },

  onLoad() {
    this.stops = ['login', 'logout'].map((name) => client.on(name, () => this.show()))
  },

  onShow() {
    client.ready().then(() => this.show(), (error) => this.setData({ outcome: failureOf(error) }))
  },

  onUnload() {
    this.stops.forEach((stop) => stop())
  },

  /** 有会话就有设备列表。 */
  show() {
    const { session } = client
    this.setData({ session: session && { uid: session.user.uid, expires: formatDay(session.expiresAt) } })
    if (!session) return this.setData({ devices: [] })
    return this.list().catch((error) => this.setData({ outcome: failureOf(error) }))
  },

  list() {
    return client.get('/v1/sessions').then((response) => this.setData({
      devices: dataOf(response).sessions.map((one) => Object.assign(one, { since: formatDay(one.issuedAt) })),
    }))
  },

  login() {
    run(this, 'login', client.login(), () => '已登录，退出的状态解除了')
  },

  renew() {
    // 平时不用自己来：快到期时客户端会自动续期，谁也不用等。
    run(this, 'renew', client.login({ force: true }), ({ expiresAt }) => `已换新的会话，${formatDay(expiresAt)} 到期`)
  },

  logout() {
    run(this, 'logout', client.logout(), () => '已退出。重启后仍然保持，直到点「登录」')
  },

  askSignedOut() {
    run(this, 'ask', client.get('/v1/me').then(dataOf), ({ uid }) => `服务端认出了 ${uid}`)
  },

  loginElsewhere() {
    const work = elsewhere.login().then(() => this.list())
    run(this, 'elsewhere', work, () => '另一台设备登录了，列表里多了一行')
  },

  askElsewhere() {
    run(this, 'ask-elsewhere', elsewhere.get('/v1/me').then(dataOf), () => '另一台设备仍然登录着')
  },

  endOne(event) {
    const { id } = event.currentTarget.dataset
    const work = client.delete(`/v1/sessions/${id}`).then(dataOf).then(() => this.list())
    run(this, id, work, () => '已结束。那台设备的下一个请求会被拒绝，而且不会悄悄登录回来')
  },
})
