const { createClient } = require('@tongxing/client')
const { baseURL } = require('./config.js')
const journal = require('./utils/journal.js')

// 全程序共用一个：会话只有一份，同一时刻也只会有一次登录。
const client = createClient({
  baseURL,
  device: '演示小程序',
  // 只有这些网站可以得到登录票据，见「网页登录」。
  webviewHosts: [baseURL.replace(/^https?:\/\//, '')],
  // 每一步一行，不含令牌、code、查询参数和请求体；写 debug: true 就打印在控制台。
  debug: journal.add,
})

module.exports = { client }
