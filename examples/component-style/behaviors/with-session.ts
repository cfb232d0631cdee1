import { whoAmI } from '../utils/api'
import type { SessionState } from '../utils/types'

/** 给页面加上登录：data 里有 uid、state 和 problem，方法里有 enter()。 */
export const withSession = Behavior({
  data: { uid: '', state: 'idle' as SessionState, problem: '' },
  methods: {
    async enter() {
      this.setData({ state: 'busy', problem: '' })
      try {
        const { uid } = await whoAmI()
        this.setData({ state: 'ready', uid })
      } catch (error) {
        this.setData({ state: 'failed', problem: error instanceof Error ? error.message : '登录失败' })
      }
    },
  },
})
