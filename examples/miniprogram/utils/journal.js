const { baseURL } = require('../config.js')

// 客户端调试模式的每一行；页面下方的「发生了什么」显示它们。
let listeners = []

/** 交给 createClient 的 debug。 */
function add(text) {
  const line = { text: text.replace(baseURL, ''), bad: /→ [45]|:fail|event (expired|error)/.test(text) }
  listeners.forEach((listener) => listener(line))
}

/** 从现在起的每一行都告诉 listener；返回的函数结束它。 */
function follow(listener) {
  listeners = listeners.concat(listener)
  return () => { listeners = listeners.filter((other) => other !== listener) }
}

module.exports = { add, follow }
