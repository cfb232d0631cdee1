import type { Coupon } from '../../../utils/types'

interface Shop {
  globalData: { coupons: Coupon[] }
}

Component({
  // 页面的参数就是组件的属性。
  properties: { least: { type: Number, value: 0 } },
  data: { coupons: [] as Coupon[], rest: 0 },
  observers: {
    'coupons.**'(coupons: Coupon[]) {
      this.setData({ rest: coupons.filter(({ used }) => !used).length })
    },
  },
  lifetimes: {
    attached() {
      const { coupons } = (getApp() as unknown as Shop).globalData
      this.setData({ coupons: coupons.filter(({ yuan }) => yuan >= this.data.least) })
    },
  },
  methods: {
    use(event: { currentTarget: { dataset: { id: number } } }) {
      const index = this.data.coupons.findIndex(({ id }) => id === event.currentTarget.dataset.id)
      this.setData({ [`coupons[${index}].used`]: true })
      wx.showToast({ title: '已使用' })
    },
  },
})
