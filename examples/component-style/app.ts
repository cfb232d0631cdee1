import type { Coupon } from './utils/types'

const coupons: Coupon[] = [
  { id: 1, title: '新人券', yuan: 5, used: false },
  { id: 2, title: '满 30 可用', yuan: 8, used: false },
]

App({
  globalData: { coupons },
})
