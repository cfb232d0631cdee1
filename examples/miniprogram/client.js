const { createClient } = require('@tongxing/client')
const { baseURL } = require('./config.js')

// 全程序共用一个：会话只有一份，同一时刻也只会有一次登录。
const client = createClient({ baseURL })

module.exports = { client }
