// 手写的登录：只用 wx 和回调，没有 Promise，没有第三方库。
const BASE_URL = 'https://api.demo.test'
const KEY = 'session'

let current = null
// 同时要登录的人排在一起，只登录一次。
let waiting = []

function restore() {
  try {
    current = wx.getStorageSync(KEY) || null
  } catch (error) {
    // 读不出来就当没有登录过。
    current = null
  }
}

function save(session) {
  current = session
  wx.setStorage({ key: KEY, data: session })
}

function finish(problem) {
  const callers = waiting
  waiting = []
  callers.forEach(function (done) { done(problem) })
}

// done(problem)：成功时 problem 是 null。
function login(done) {
  waiting.push(done)
  if (waiting.length > 1) return
  wx.login({
    success: function (res) {
      if (!res.code) return finish('微信没有给 code')
      exchange(res.code)
    },
    fail: function (res) { finish(res.errMsg) },
  })
}

function exchange(code) {
  wx.request({
    url: BASE_URL + '/v1/login',
    method: 'POST',
    data: { appid: wx.getAccountInfoSync().miniProgram.appId, code: code },
    success: function (res) {
      // 网关出错时，回答可能是一张网页，不是 JSON。
      if (res.statusCode !== 200 || !res.data || !res.data.token) return finish((res.data && res.data.title) || '服务端回答 ' + res.statusCode)
      save({ token: res.data.token, uid: res.data.user ? res.data.user.uid : res.data.uid, at: Date.now() })
      finish(null)
    },
    fail: function (res) { finish(res.errMsg) },
  })
}

// 带上令牌；服务端回答 401 就重新登录，只重发一次。
function request(path, done, again) {
  if (!current) {
    return login(function (problem) {
      if (problem) return done(problem)
      request(path, done, true)
    })
  }
  const used = current
  wx.request({
    url: BASE_URL + path,
    header: { Authorization: 'Bearer ' + used.token },
    success: function (res) {
      if (res.statusCode === 401 && !again) {
        // 迟到的 401 说的是旧会话：别人可能已经登录好了。
        if (current === used) current = null
        return request(path, done, true)
      }
      if (res.statusCode >= 400 || typeof res.data !== 'object') return done((res.data && res.data.title) || '服务端回答 ' + res.statusCode)
      done(null, res.data)
    },
    fail: function (res) { done(res.errMsg) },
  })
}

function forget() {
  current = null
  wx.removeStorage({ key: KEY })
}

module.exports = {
  restore: restore,
  login: login,
  request: request,
  forget: forget,
  get: function () { return current },
}
