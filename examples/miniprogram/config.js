// 后端地址，全程序只写在这里。
// 模拟器把 https://api.demo.test 转到本机的服务端，不用改；
// 在微信开发者工具里，请换成自己的域名，并在小程序后台登记为 request 合法域名。
module.exports = { baseURL: 'https://api.demo.test' }
