import type { Me } from './types'

const BASE_URL = 'https://api.demo.test'
const KEY = 'token'

interface Answer {
  readonly statusCode: number
  readonly data: unknown
}

function send(method: 'GET' | 'POST', path: string, data?: object): Promise<Answer> {
  const token = wx.getStorageSync(KEY) as string
  return new Promise((resolve, reject) => {
    wx.request({
      url: BASE_URL + path, method, data,
      header: token === '' ? {} : { Authorization: `Bearer ${token}` },
      success: resolve,
      fail: ({ errMsg }: { errMsg: string }) => reject(new Error(errMsg)),
    })
  })
}

async function login(): Promise<void> {
  const { code } = await wx.login()
  const { statusCode, data } = await send('POST', '/v1/login', { appid: wx.getAccountInfoSync().miniProgram.appId, code })
  const { token, title } = Object(data) as { token?: string, title?: string }
  if (statusCode !== 200 || token === undefined) throw new Error(title ?? `服务端回答 ${statusCode}`)
  wx.setStorageSync(KEY, token)
}

// 同时要登录的页面等同一次登录。
let running: Promise<void> | undefined

function loginOnce(): Promise<void> {
  const done = (): void => { running = undefined }
  running ??= login()
  running.then(done, done)
  return running
}

/** 现在登录的是谁；没有登录，或令牌不再有效，就先登录一次。 */
export async function whoAmI(): Promise<Me> {
  if (wx.getStorageSync(KEY) === '') await loginOnce()
  let answer = await send('GET', '/v1/me')
  if (answer.statusCode === 401) {
    wx.removeStorageSync(KEY)
    await loginOnce()
    answer = await send('GET', '/v1/me')
  }
  if (answer.statusCode !== 200) throw new Error(`服务端回答 ${answer.statusCode}`)
  return answer.data as Me
}
