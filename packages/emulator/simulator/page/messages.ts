// Every text of the page: Chinese, English.

/** By key. `{name}` stands for a value. */
export const messages = {
  localWechat: ['本地微信', 'a local WeChat'],
  openMenu: ['菜单', 'Menu'],
  switchLanguage: ['English', '中文'],
  toDark: ['深色', 'Dark'], toLight: ['浅色', 'Light'],
  offline: ['模拟器没有回答，正在重连…', 'The simulator does not answer; reconnecting…'],
  tabPhone: ['手机', 'Phone'], tabTimeline: ['面板', 'Panels'], tabControls: ['控制', 'Controls'],
  compileFailed: ['编译失败', 'Does not compile'],

  people: ['谁在用手机', 'Who holds the phone'],
  addPerson: ['新的人', 'New person'], editPerson: ['修改', 'Edit'], person: ['人', 'Person'],
  nickname: ['昵称', 'Nickname'], avatar: ['头像', 'Avatar'], initial: ['首字', 'Initial'], picture: ['图片 {n}', 'Picture {n}'],
  save: ['保存', 'Save'], cancel: ['取消', 'Cancel'],
  addPhone: ['旁边再放一台手机', 'Put another phone beside'], removePhone: ['拿走这台手机', 'Take this phone away'],
  phoneOf: ['{name} 的手机', 'Phone of {name}'], onPhone: ['手机 {id}', 'phone {id}'],
  highRisk: ['高风险', 'high risk'], riskLabel: ['高风险用户：登录得到 40226', 'High-risk user: logins get 40226'],

  era: ['微信的时代', 'WeChat\'s era'], eraHint: ['小程序当前版本的发布时间', 'When the running version was published'],
  eraToday: ['今天', 'Today'], baseLibrary: ['基础库', 'Base library'],
  profileReal: ['真实资料', 'real data'], profilePlaceholder: ['「微信用户」', 'placeholder'], profileAbsent: ['没有', 'absent'],
  fillIn: ['头像昵称填写', 'Fill-in'], available: ['有', 'available'],

  situations: ['制造情况', 'Make it happen'],
  expireWechat: ['微信会话过期', 'WeChat session expires'], expireWechatHint: ['checkSession 失败', 'checkSession fails'],
  expireServer: ['我们的会话过期', 'Our session expires'], expireServerClock: ['时间 +8 天', 'clock +8 days'], headers: ['头部', 'Headers'], body: ['正文', 'Body'],
  toBackground: ['切到后台', 'To the background'], toBackgroundHint: ['onHide，5 秒后断请求', 'onHide; requests cut in 5 s'], toForeground: ['回到前台', 'Back to the foreground'], toForegroundHint: ['onShow', 'onShow'],
  relaunch: ['重新打开小程序', 'Relaunch'], deleteProgram: ['删除小程序', 'Delete the mini program'], deleteHint: ['清空存储和授权', 'storage and grants go'],
  clock: ['时间', 'Clock'], plusMinutes: ['+5 分钟', '+5 min'], plusMinutesHint: ['code 失效', 'codes die'], plusHours: ['+2 小时', '+2 h'], plusHoursHint: ['access_token 失效', 'access_token dies'],
  plusDays: ['+7 天', '+7 days'], plusDaysHint: ['会话到期', 'sessions end'], custom: ['自定…', 'Other…'],
  forward: ['快进', 'Go'], forwardHour: ['快进 1 小时', 'Forward 1 hour'], forwardBy: ['快进多少', 'How far'], minutes: ['分钟', 'minutes'], hours: ['小时', 'hours'], days: ['天', 'days'],

  network: ['网络', 'Network'], networkGood: ['正常', 'Good'], networkSlow: ['慢', 'Slow'], networkLossy: ['丢包', 'Lossy'], networkOffline: ['断网', 'Offline'],
  networkGoodHint: ['wifi，没有问题', 'wifi, nothing wrong'], networkSlowHint: ['2g，每次多等 3 秒', '2g, everything takes 3 s longer'], networkLossyHint: ['弱网，十次丢三次', 'weak, three of ten are lost'], networkOfflineHint: ['没有网络，请求和登录失败', 'none: requests and logins fail'],

  state: ['状态', 'State'], stateHint: ['小程序、人、openid；文件里有 AppSecret', 'Apps, people, openids; the file holds AppSecrets'], stateSave: ['保存到文件', 'Save to a file'], stateLoad: ['从文件载入', 'Load from a file'], stateReset: ['全部重来', 'Start over'], stateResetHint: ['回到启动时', 'as at the start'],
  stateResetSure: ['所有登录、存储、授权和后加的人都会消失。', 'All logins, storages, grants and added people will be gone.'], stateNot: ['这不是模拟器的状态文件', 'This is not a state of the emulator'], stateOtherApp: ['这个状态里没有小程序 {appid}', 'This state lacks the app {appid}'],

  answerer: ['微信的弹窗由谁回答', 'Who answers WeChat’s sheets'], answererAsk: ['我在手机上点', 'Me, on the phone'], answererAllow: ['总是允许', 'Always allow'], answererDeny: ['总是拒绝', 'Always refuse'],
  agreement: ['隐私协议', 'Privacy agreement'], privacyNone: ['这个时代或基础库不问', 'not asked in this era or base library'], privacyUnasked: ['没同意', 'Not agreed'], privacyAgreed: ['已同意', 'Agreed'],
  permissions: ['授权', 'Permissions'], scopesOf: ['{name} 对「{app}」的回答；改了立刻生效', 'What {name} answered to “{app}”; changes hold at once'], scopeUnasked: ['没问过', 'unasked'],
  scopeUserInfo: ['用户信息', 'User info'], scopeLocation: ['位置', 'Location'], scopeFuzzyLocation: ['模糊位置', 'Fuzzy location'], scopeCamera: ['摄像头', 'Camera'], scopeRecord: ['麦克风', 'Microphone'],
  scopeAlbum: ['保存到相册', 'Save to album'], scopeContact: ['通讯录', 'Contacts'], scopeCalendar: ['日历', 'Calendar'], scopeBluetooth: ['蓝牙', 'Bluetooth'], scopeWerun: ['微信运动步数', 'WeRun steps'],

  faults: ['故障', 'Faults'], faultsNow: ['正在发生', 'Going wrong now'], noFaults: ['现在一切正常。点下面的一种情况试试。', 'Nothing goes wrong. Try one of the situations below.'],
  faultsReady: ['现成的情况', 'Ready-made'], faultFree: ['自己写', 'Your own'], faultWrite: ['写一条规则', 'Write a rule'], faultOwn: ['自己写的规则', 'A rule of your own'],
  hits: ['发生 {n} 次', 'hit {n}×'], timesLeft: ['还剩 {n} 次', '{n} left'], untilEnded: ['直到结束', 'until ended'], end: ['结束', 'End'], endAll: ['全部结束', 'End all'], allPhones: ['所有手机', 'All phones'],
  faultsWechat: ['微信服务端 jscode2session', 'WeChat’s server, jscode2session'], faultsLogin: ['wx.login', 'wx.login'], faultsServer: ['手机到我们的服务端', 'Phone to our server'], faultsPhone: ['手机号按钮', 'Phone button'], faultsStorage: ['存储', 'Storage'],
  faultBusy: ['系统繁忙', 'System busy'], faultBusyHint: ['−1，三次', '−1, three times'], faultCode: ['code 无效', 'Invalid code'], faultCodeHint: ['40029，一次', '40029, once'],
  faultBlocked: ['高风险用户', 'High-risk user'], faultBlockedHint: ['40226，一次', '40226, once'], faultQuota: ['调用太频繁', 'Too many calls'], faultQuotaHint: ['45011，直到结束', '45011, until ended'],
  faultSlow: ['慢 5 秒', '5 seconds late'], faultSlowHint: ['直到结束', 'until ended'], faultHtml: ['回答是网页', 'Answers a web page'], faultHtmlHint: ['HTML 502，三次', 'HTML 502, three times'],
  faultLost: ['回答丢了', 'Answer lost'], faultLostHint: ['code 已经用掉', 'the code is used up'], faultCut: ['回答只有一半', 'Half an answer'], faultCutHint: ['JSON 断在中间', 'JSON breaks off'],
  faultLoginFails: ['失败', 'Fails'], faultLoginFailsHint: ['system error，一次', 'system error, once'], faultLoginHangs: ['一直不回', 'Never answers'], faultLoginHangsHint: ['没有回调，一次', 'no callback, once'],
  faultLoginEmpty: ['code 是空的', 'Empty code'], faultLoginEmptyHint: ['成功，但 code 为 \'\'', 'succeeds with \'\''], faultLoginOld: ['旧的 code', 'An old code'], faultLoginOldHint: ['fromCache，一次', 'fromCache, once'],
  faultServerHtml: ['网关 502', 'Gateway 502'], faultServerHtmlHint: ['HTML 页面，三次', 'an HTML page, three times'], faultServerLost: ['做完了，回答丢了', 'Done, answer lost'], faultServerLostHint: ['连接断开，一次', 'reset, once'],
  faultServerFlaky: ['十次断三次', 'Three of ten reset'], faultServerFlakyHint: ['直到结束', 'until ended'], faultServerGarbled: ['乱码', 'Garbled'], faultServerGarbledHint: ['一次', 'once'],
  faultPhoneQuota: ['额度用完', 'Quota used up'], faultPhoneQuotaHint: ['errno 1400001，一次', 'errno 1400001, once'],
  faultStorage: ['写不进去', 'Cannot be written'], faultStorageHint: ['直到结束', 'until ended'], faultStorageRead: ['读不出来', 'Cannot be read'], faultStorageReadHint: ['Sync 抛出，三次', 'Sync throws, three times'],
  faultWhere: ['哪里', 'Where'], faultWhat: ['怎么错', 'What'], faultOften: ['多少次', 'How often'], faultWhose: ['谁的手机', 'Whose phone'], faultAfter: ['先做完，再出错', 'Only once the work is done'], faultAdd: ['开始', 'Start'], faultNoSense: ['还不成一条规则', 'not a rule yet'],
  whatErrcode: ['错误码 errcode', 'errcode'], whatBody: ['回答正文', 'Another body'], whatStatus: ['HTTP 状态', 'HTTP status'], whatHtml: ['502 网页', '502 web page'], whatDrop: ['连接断开', 'Connection reset'], whatTruncate: ['截断一半', 'Cut in half'], whatGarble: ['乱码', 'Garbled'],
  whatErrMsg: ['失败的 errMsg', 'Fails with errMsg'], whatHang: ['一直不回', 'Never answers'], whatEmpty: ['code 为空', 'Empty code'], whatOld: ['旧的 code', 'Old code'], whatDelay: ['晚多少毫秒', 'Late by ms'],
  oftenOnce: ['下一次', 'Once'], oftenTimes: ['几次', 'So many times'], oftenChance: ['按概率', 'By chance'], oftenAlways: ['直到结束', 'Until ended'],

  phone: ['手机', 'Phone'], server: ['我们的服务端', 'Our server'], wechat: ['微信', 'WeChat'],
  timeline: ['时间线', 'Timeline'], storage: ['存储', 'Storage'],
  search: ['搜索：code、/v1/login、40163…', 'Search: code, /v1/login, 40163…'],
  allLanes: ['全部', 'Everything'], laneLocal: ['手机本地', 'On the phone'], allPeople: ['所有人', 'Everybody'],
  onlyErrors: ['只看错误', 'Errors'], clear: ['清空', 'Clear'], export: ['导出', 'Export'], exportPng: ['图片 PNG（看到的）', 'Picture, PNG (as shown)'], exportHar: ['HAR（全部 HTTP）', 'HAR (all HTTP)'], exportJson: ['JSON（全部步骤）', 'JSON (all steps)'], follow: ['跟随', 'Follow'],
  nothingYet: ['还没有往来。在手机上点一点。', 'Nothing yet. Tap something on the phone.'], nothingFound: ['没有符合的步骤。', 'No step matches.'],
  earlier: ['更早的 {n} 步没有画出来', '{n} earlier steps are not drawn'], took: ['{ms} ms', '{ms} ms'],
  sent: ['发出', 'Sent'], answered: ['回答', 'Answered'], waiting: ['等待回答…', 'waiting for the answer…'], noDetail: ['没有内容', 'nothing'], close: ['关闭', 'Close'], onThePhone: ['手机本地', 'on the phone'],

  atStart: ['开始', 'Start'], launched: ['打开小程序', 'Launch'], tapped: ['点按「{label}」', 'Tap “{label}”'], tappedBare: ['点按', 'Tap'],
  wentAway: ['切到后台', 'To the background'], cameBack: ['回到前台', 'Back to the foreground'],
  wechatExpired: ['微信会话过期', 'WeChat session expired'], serverExpired: ['我们的会话过期', 'Our session ended'], erased: ['删除小程序', 'Mini program deleted'], clockMoved: ['时间快进 {time}', 'Clock forward {time}'],
  stored: ['保存', 'store'], removed: ['删除', 'remove'], cleared: ['清空存储', 'clear storage'], sheet: ['弹窗', 'sheet'], allowed: ['允许', 'allowed'], refused: ['拒绝', 'refused'], unanswered: ['没有回答', 'unanswered'],
  socketOpen: ['已连接', 'connected'], socketClosed: ['连接关闭', 'connection closed'], messageSent: ['发出消息', 'message sent'], messageCame: ['收到消息', 'message came'],
  privacyPopup: ['小程序的隐私弹窗', 'privacy popup of the program'], privacyAgreement: ['隐私协议', 'privacy agreement'], shown: ['出现了', 'shown'], settingsChanged: ['改了设置', 'settings changed'],
  webPage: ['打开网页', 'open web page'], webPageUnlisted: ['不在业务域名里', 'not a business domain'],
  withToken: ['带 token', 'with token'], sealedToken: ['加密会话 token', 'sealed token'], once: ['5 分钟，一次', '5 minutes, once'], ok: ['成功', 'ok'], keysOf: ['openid、session_key', 'openid, session_key'], placeholderSeen: ['占位资料', 'placeholder'],

  storageEmpty: ['这台手机上什么也没存。', 'Nothing is stored on this phone.'], storageSum: ['{n} 个键 · {size}', '{n} keys · {size}'], storageMasked: ['令牌已遮住', 'tokens are masked'],
  faultMade: ['故障', 'a fault'], faultDropped: ['故障：连接断开', 'a fault: connection cut'],
  done: ['好了', 'Done'],
} as const satisfies Record<string, readonly [string, string]>

/** Names a text. */
export type MessageKey = keyof typeof messages
