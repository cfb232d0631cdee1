const { client } = require('./client.js')

App({
  onLaunch() {
    // 启动时静默登录一次；失败由各页面自己显示，这里不必处理。
    client.ready().catch(() => undefined)
  },
})
