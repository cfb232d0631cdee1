import { withSession } from '../../behaviors/with-session'
import type { SessionState } from '../../utils/types'

const WORDS: Record<SessionState, string> = { idle: '你好', busy: '正在登录…', ready: '已登录', failed: '登录失败' }

Component({
  behaviors: [withSession],
  data: { words: WORDS.idle },
  observers: {
    'state, problem'(state: SessionState, problem: string) {
      this.setData({ words: problem === '' ? WORDS[state] : problem })
    },
  },
  lifetimes: {
    attached() {
      void this.enter()
    },
  },
  methods: {
    openCoupons() {
      wx.navigateTo({ url: '/packages/coupons/list/list?least=5' })
    },
  },
})
