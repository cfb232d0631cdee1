const { isAuthError } = require('@tongxing/client')
const { explain } = require('@tongxing/client/messages')

/**
 * 一件事进行中：名为 busy 的按钮等着；做完显示 say(value) 的话，出错显示原因和建议。
 * 返回的 Promise 总会成功：错误已经显示出来了。
 */
function run(page, busy, work, say) {
  page.setData({ busy, outcome: {} })
  return work.then(
    (value) => page.setData({ busy: '', outcome: { result: say(value) } }),
    (error) => page.setData({ busy: '', outcome: failureOf(error) }),
  )
}

/** 给人看的原因和建议，给开发者看的错误码。 */
function failureOf(error) {
  if (!isAuthError(error)) return { problem: error.message || error.errMsg, code: error.code || error.name }
  const { title, advice } = explain(error)
  return { problem: title, advice, code: error.code }
}

/** 服务端的回答不是 2xx 时，把它的标题当作错误抛出。 */
function dataOf({ statusCode, data }) {
  if (statusCode < 300) return data
  throw Object.assign(new Error(data.title), { code: `HTTP ${statusCode}` })
}

module.exports = { run, failureOf, dataOf }
