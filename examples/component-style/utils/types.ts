/** 服务端认出的人。 */
export interface Me {
  readonly uid: string
}

/** 登录到了哪一步。 */
export type SessionState = 'idle' | 'busy' | 'ready' | 'failed'

/** 一张优惠券。 */
export interface Coupon {
  readonly id: number
  readonly title: string
  readonly yuan: number
  used: boolean
}
