// Every text of the page: Chinese, English.

/** By key. `{name}` stands for a value. */
export const messages = {
  localWechat: ['本地微信', 'a local WeChat'],
  openMenu: ['菜单', 'Menu'],
  switchLanguage: ['English', '中文'],
  toDark: ['深色', 'Dark'], toLight: ['浅色', 'Light'],
  offline: ['模拟器没有回答，正在重连…', 'The simulator does not answer; reconnecting…'],
  tabPhone: ['手机', 'Phone'], tabTimeline: ['时间线', 'Timeline'], tabControls: ['控制', 'Controls'],
  compileFailed: ['编译失败', 'Does not compile'],

  people: ['谁在用手机', 'Who holds the phone'],
  addPerson: ['新的人', 'New person'], editPerson: ['修改', 'Edit'], person: ['人', 'Person'],
  nickname: ['昵称', 'Nickname'], avatar: ['头像', 'Avatar'], initial: ['首字', 'Initial'], picture: ['图片 {n}', 'Picture {n}'],
  save: ['保存', 'Save'], cancel: ['取消', 'Cancel'],
  addPhone: ['旁边再放一台手机', 'Put a phone beside'], removePhone: ['拿走这台手机', 'Take this phone away'],
  phoneOf: ['{name} 的手机', 'Phone of {name}'], onPhone: ['手机 {id}', 'phone {id}'],

  era: ['微信的时代', 'WeChat\'s era'], eraHint: ['小程序当前版本的发布时间', 'When the running version was published'],
  eraToday: ['今天', 'Today'], baseLibrary: ['基础库', 'Base library'],
  profileReal: ['真实资料', 'real data'], profilePlaceholder: ['「微信用户」', 'placeholder'], profileAbsent: ['没有', 'absent'],
  fillIn: ['头像昵称填写', 'Fill-in'], available: ['有', 'available'],

  situations: ['制造情况', 'Make it happen'],
  expireWechat: ['微信会话过期', 'WeChat session expires'], expireWechatHint: ['checkSession 失败', 'checkSession fails'],
  expireServer: ['我们的会话过期', 'Our session expires'], expireServerClock: ['时间 +8 天', 'clock +8 days'], headers: ['头部', 'Headers'], body: ['正文', 'Body'],
  relaunch: ['重新打开小程序', 'Relaunch'], deleteProgram: ['删除小程序', 'Delete the mini program'], deleteHint: ['清空存储和授权', 'storage and grants go'],
  clock: ['时间', 'Clock'], plusHour: ['+1 小时', '+1 hour'], plusDays: ['+8 天', '+8 days'], custom: ['自定…', 'Other…'],
  forward: ['快进', 'Go'], forwardHour: ['快进 1 小时', 'Forward 1 hour'], forwardBy: ['快进多少', 'How far'], minutes: ['分钟', 'minutes'], hours: ['小时', 'hours'], days: ['天', 'days'],

  phone: ['手机', 'Phone'], server: ['我们的服务端', 'Our server'], wechat: ['微信', 'WeChat'],
  timeline: ['时间线', 'Timeline'], storage: ['存储', 'Storage'],
  search: ['搜索：code、/v1/login、40163…', 'Search: code, /v1/login, 40163…'],
  allLanes: ['全部', 'Everything'], laneLocal: ['手机本地', 'On the phone'], allPeople: ['所有人', 'Everybody'],
  onlyErrors: ['只看错误', 'Errors'], clear: ['清空', 'Clear'], exportSteps: ['导出 JSON', 'Export as JSON'], follow: ['跟随', 'Follow'],
  nothingYet: ['还没有往来。在手机上点一点。', 'Nothing yet. Tap something on the phone.'], nothingFound: ['没有符合的步骤。', 'No step matches.'],
  earlier: ['更早的 {n} 步没有画出来', '{n} earlier steps are not drawn'], took: ['{ms} ms', '{ms} ms'],
  sent: ['发出', 'Sent'], answered: ['回答', 'Answered'], waiting: ['等待回答…', 'waiting for the answer…'], noDetail: ['没有内容', 'nothing'], close: ['关闭', 'Close'], onThePhone: ['手机本地', 'on the phone'],

  atStart: ['开始', 'Start'], launched: ['打开小程序', 'Launch'], tapped: ['点按「{label}」', 'Tap “{label}”'], tappedBare: ['点按', 'Tap'],
  wechatExpired: ['微信会话过期', 'WeChat session expired'], serverExpired: ['我们的会话过期', 'Our session ended'], erased: ['删除小程序', 'Mini program deleted'], clockMoved: ['时间快进 {time}', 'Clock forward {time}'],
  stored: ['保存', 'store'], removed: ['删除', 'remove'], cleared: ['清空存储', 'clear storage'], sheet: ['弹窗', 'sheet'], allowed: ['允许', 'allowed'], refused: ['拒绝', 'refused'], unanswered: ['没有回答', 'unanswered'],
  withToken: ['带 token', 'with token'], sealedToken: ['加密会话 token', 'sealed token'], once: ['5 分钟，一次', '5 minutes, once'], ok: ['成功', 'ok'], keysOf: ['openid、session_key', 'openid, session_key'], placeholderSeen: ['占位资料', 'placeholder'],

  storageEmpty: ['这台手机上什么也没存。', 'Nothing is stored on this phone.'], storageSum: ['{n} 个键 · {size}', '{n} keys · {size}'], storageMasked: ['令牌已遮住', 'tokens are masked'],
  done: ['好了', 'Done'],
} as const satisfies Record<string, readonly [string, string]>

/** Names a text. */
export type MessageKey = keyof typeof messages
