Page({
  data: { src: '' },

  onLoad({ src }) {
    this.setData({ src: decodeURIComponent(src) })
  },

  onFailed() {
    this.tell({ failed: true })
  },

  // 网页 postMessage 的内容，微信在后退、组件销毁或分享时才一起交给小程序。
  onMessage({ detail }) {
    this.tell(detail.data[0])
  },

  tell(news) {
    this.getOpenerEventChannel().emit('news', news)
  },
})
