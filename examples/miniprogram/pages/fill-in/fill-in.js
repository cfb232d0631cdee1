const { client } = require('../../client.js')
const { messageOf } = require('../../utils/messages.js')

Page({
  data: { canChooseAvatar: true, avatarUrl: '', chosen: false, nickname: '', busy: false, saved: '', problem: '', signedOut: false },

  onLoad() {
    this.setData({ canChooseAvatar: wx.canIUse('button.open-type.chooseAvatar') })
  },

  onShow() {
    client.ready().then(
      ({ user }) => this.showUser(user),
      (error) => this.showError(error),
    )
  },

  showUser({ profile }) {
    this.setData({ problem: '', signedOut: false })
    if (!profile) return
    // 用户刚选的头像、刚填的昵称不被盖掉。
    this.setData({ nickname: this.data.nickname || profile.nickname || '', avatarUrl: this.data.chosen ? this.data.avatarUrl : profile.avatarUrl || '' })
  },

  chooseAvatar(e) {
    // 是本机的临时路径
    this.setData({ avatarUrl: e.detail.avatarUrl, chosen: true })
  },

  save(e) {
    // 在提交时读昵称，不在失焦时：微信的检查会清掉不合规的内容
    const { nickname } = e.detail.value
    this.setData({ busy: true, saved: '', problem: '', signedOut: false, nickname })
    // 选过头像才上传；临时文件很快会消失，所以先传头像，再存昵称
    const { chosen, avatarUrl } = this.data
    client.profile.save(chosen ? { nickname, avatarUrl } : { nickname }).then(
      ({ profile }) => this.setData({ busy: false, chosen: false, nickname: profile.nickname, saved: profile.nickname }),
      (error) => this.showError(error),
    )
  },

  showError(error) {
    this.setData({ busy: false, problem: messageOf(error), signedOut: error.code === 'SIGNED_OUT' })
  },
})
