const session = require('../../utils/session.js')

Page({
  data: { uid: '', orders: [], problem: '' },

  onLoad: function (query) {
    this.path = decodeURIComponent(query.path || '/v1/me')
    this.load()
  },

  load: function () {
    const page = this
    session.request(page.path, function (problem, answer) {
      if (problem) return page.setData({ problem: problem })
      page.setData({ problem: '', uid: answer.uid, orders: page.data.orders.concat({ id: page.data.orders.length + 1, name: '第 ' + (page.data.orders.length + 1) + ' 单', price: '¥ 9.90' }) })
    })
  },

  onTwice: function () {
    this.load()
    this.load()
  },
})
