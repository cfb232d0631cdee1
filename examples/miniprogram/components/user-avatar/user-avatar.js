// 头像；没有图片或图片打不开时，显示昵称的第一个字。
Component({
  properties: {
    src: String,
    name: String,
  },
  data: { letter: '', failed: false },
  observers: {
    src() { this.setData({ failed: false }) },
    name(name) { this.setData({ letter: Array.from(name || '')[0] || '' }) },
  },
  methods: {
    onError() { this.setData({ failed: true }) },
  },
})
