// 客户端自己的错误码说成中文；服务端的错误（problem）本来就带中文标题。
const MESSAGES = {
  SIGNED_OUT: '尚未登录',
  NETWORK: '连接不上服务器，请稍后再试',
  LOGIN_NETWORK: '连接不上服务器，请稍后再试',
  TIMEOUT: '服务器没有及时回答，请稍后再试',
  WX_LOGIN_FAILED: '微信登录没有成功，请稍后再试',
  USER_DENIED: '你没有同意，没有取得任何资料',
  TAP_REQUIRED: '只能在点击按钮时获取资料',
  UNSUPPORTED: '当前微信版本不支持',
}

/** 给人看的一句话：先用服务端的标题，再用上面的说法，最后是原文。 */
function messageOf(error) {
  if (error && error.problem && error.problem.title) return error.problem.title
  return (error && (MESSAGES[error.code] || error.message || error.errMsg)) || '出错了，请稍后再试'
}

module.exports = { messageOf }
