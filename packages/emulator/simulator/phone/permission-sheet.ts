import type { Launch, Sheet } from '../wire/messages.js'
import { avatarAddress } from '../wire/avatars.js'
import { scopeName } from './scope-names.js'
import { make, makeButton, makePicture, openSheet } from './draw.js'

const ASKED: Readonly<Record<string, string>> = {
  getUserProfile: '获取你的昵称、头像', getUserInfo: '获取你的公开信息（昵称、头像等）', getPhoneNumber: '获取你的手机号', getRealtimePhoneNumber: '获取并验证你的手机号',
  privacy: '你同意它的隐私保护指引',
}

/** WeChat's sheet: who asks, for what, and whose data it is. */
export function askPermission({ app, person }: Launch, { api, scope, desc }: Sheet): Promise<boolean> {
  const asked = scope === undefined || api === 'getUserInfo' ? ASKED[api] ?? `使用 wx.${api}` : `使用你的${scopeName(scope)}`
  return new Promise((resolve) => {
    const answer = (allow: boolean) => (): void => {
      close()
      resolve(allow)
    }
    const about = desc === undefined ? [] : [make('p', 'sheet-desc', desc)]
    const who = make('div', 'sheet-person', makePicture('sheet-avatar', avatarAddress(person.avatarUrl)),
      make('span', 'sheet-name', make('b', '', person.nickName), make('small', '', '微信个人信息')), make('i', 'sheet-check'))
    const sheet = make('section', 'phone-sheet sheet-permission',
      make('header', 'sheet-app', make('i', 'sheet-logo', [...app.name][0] ?? ''), make('span', '', app.name), make('span', 'sheet-asks', '申请')),
      make('h2', 'sheet-title', asked), ...about, who,
      make('div', 'sheet-buttons', makeButton('sheet-deny', '拒绝', answer(false)), makeButton('sheet-allow', '允许', answer(true))))
    sheet.setAttribute('aria-label', asked)
    const close = openSheet(sheet, answer(false), false)
  })
}
