// The web page that a <web-view> opens: it knows who asks by the ticket in its address, and speaks to the mini program around it.

const STYLE = `:root{color-scheme:light dark}
body{margin:0;padding:40px 24px;font:16px/1.6 system-ui,-apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif;background:Canvas;color:CanvasText}
h1{margin:0 0 8px;font-size:22px;line-height:1.35}p{margin:0 0 16px}code{display:block;padding:14px 16px;border-radius:10px;background:color-mix(in srgb,CanvasText 6%,Canvas);font-size:14px;word-break:break-all}
small{color:color-mix(in srgb,CanvasText 70%,Canvas)}button{width:100%;margin:28px 0 16px;padding:13px;border:0;border-radius:8px;background:#07854a;color:#fff;font:inherit;font-weight:600}`

/** `uid` of whom the ticket was for, or the `problem` with its HTTP `status`. */
export function printH5({ jweixin, uid, problem, status = 200 }) {
  const [title, told] = problem ? ['网页不知道您是谁', problem] : ['网页认出了您', '它没有收到会话，只收到一张 60 秒、一次性的票据，由网页的后端换成了用户：']
  const body = `<h1>${title}</h1><p>${escape(told)}</p>${uid ? `<code id="uid">${escape(uid)}</code>` : ''}
<button id="back" type="button">${uid ? '告诉小程序，并返回' : '返回小程序'}</button>
<small>A web page in a &lt;web-view&gt;. ${uid ? 'It knows the user by a one-time ticket; its address never holds the session.' : 'A ticket opens it once, for 60 seconds.'}</small>
<script src="${escape(jweixin)}"></script>
<script>
document.getElementById('back').addEventListener('click', () => {
  ${uid ? `wx.miniProgram.postMessage({ data: { uid: ${JSON.stringify(uid)} } })` : ''}
  wx.miniProgram.navigateBack()
})
</script>`
  const html = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>网页登录</title><link rel="icon" href="data:,"><style>${STYLE}</style></head><body>${body}</body></html>`
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } })
}

const escape = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
