const session = require('./utils/session.js')

App({
  globalData: { launches: 0 },

  onLaunch: function () {
    this.globalData.launches += 1
    session.restore()
  },
})
