const { client } = require('../../client.js')
const { failureOf, run } = require('../../utils/outcome.js')

const MOST_MESSAGES = 8

Page({
  data: { state: '没有连接', on: false, open: false, messages: [], busy: '', outcome: {} },

  onUnload() {
    if (this.live) this.live.close()
  },

  connect() {
    this.setData({ state: '正在连接…', on: true, outcome: {}, messages: [] })
    this.live = client.connect({
      url: '/demo/live',
      onOpen: () => this.setData({ state: '已连接', open: true }),
      onMessage: (text) => this.take(JSON.parse(text)),
      onDrop: ({ code }) => this.setData({ state: `断开（${code}），正在重连…`, open: false }),
      onClose: ({ error }) => this.setData({ state: '没有连接', on: false, open: false, outcome: error ? failureOf(error) : {} }),
    })
  },

  take({ hello, session, echo }) {
    // 服务端每次都说它从签名里认出了谁、哪个会话：重连以后看它变没变。
    this.note(hello ? `服务端：认出会话 ${session.slice(-6)}` : `服务端：${echo}`)
  },

  send() {
    this.note('我：你好')
    this.live.send('你好').catch((error) => this.setData({ outcome: failureOf(error) }))
  },

  drop() {
    // 先换一个会话，再让服务端断开：重连时用的就是新会话的签名。
    const work = client.login({ force: true }).then(() => this.live.send('/restart'))
    run(this, 'drop', work, () => '换了新会话，服务端断开了；重连时重新签名')
  },

  close() {
    this.live.close()
  },

  note(text) {
    const id = (this.data.messages.length ? this.data.messages[this.data.messages.length - 1].id : 0) + 1
    this.setData({ messages: this.data.messages.concat({ id, text }).slice(-MOST_MESSAGES) })
  },
})
