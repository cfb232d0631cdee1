import { withSession } from '../../behaviors/with-session'

Component({
  behaviors: [withSession],
  data: { shown: 0 },
  pageLifetimes: {
    show() {
      this.setData({ shown: this.data.shown + 1 })
      void this.enter()
    },
  },
})
