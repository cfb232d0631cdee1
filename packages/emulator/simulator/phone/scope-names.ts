const NAMES: Readonly<Record<string, string>> = {
  userInfo: '用户信息', userLocation: '位置信息', userFuzzyLocation: '模糊位置', record: '麦克风', camera: '摄像头', bluetooth: '蓝牙', writePhotosAlbum: '保存到相册',
  addPhoneContact: '添加到联系人', addPhoneCalendar: '添加到日历', werun: '微信运动', address: '通讯地址', invoice: '发票', invoiceTitle: '发票抬头',
}

/** What people call a scope. */
export const scopeName = (scope: string): string => NAMES[scope.replace(/^scope\./, '')] ?? scope
