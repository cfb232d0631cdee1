const journal = require('../../utils/journal.js')

const MOST_LINES = 12

// 客户端走了哪几步：调试模式的每一行，从打开这一页算起。
Component({
  data: { lines: [] },
  lifetimes: {
    attached() {
      let last = 0
      this.stop = journal.follow((line) => {
        last += 1
        this.setData({ lines: this.data.lines.concat(Object.assign({ id: last }, line)).slice(-MOST_LINES) })
      })
    },
    detached() { this.stop() },
  },
  methods: {
    clear() { this.setData({ lines: [] }) },
  },
})
