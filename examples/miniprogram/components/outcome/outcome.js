// 刚才那件事怎么样了。页面长的时候停在屏幕下方，不用滚下去找。
Component({
  properties: {
    /** { result } 或 { problem, advice, code }，见 utils/outcome.js。 */
    value: { type: Object, value: {} },
  },
})
