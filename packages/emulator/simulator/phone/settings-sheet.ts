import { make, makeButton, openSheet } from './draw.js'
import { scopeName } from './scope-names.js'

/** WeChat's settings page: a switch for each scope that was asked for. Resolves to all switches as they stand at the end. */
export function visitSettings(authSetting: Readonly<Record<string, boolean>>): Promise<Record<string, boolean>> {
  return new Promise((resolve) => {
    const switches = Object.entries(authSetting).map(([scope, granted]) => ({ scope, input: Object.assign(document.createElement('input'), { type: 'checkbox', checked: granted }) }))
    const done = (): void => {
      close()
      resolve(Object.fromEntries(switches.map(({ scope, input }) => [scope, input.checked])))
    }
    const rows = switches.map(({ scope, input }) => make('label', 'phone-sheet-item', input, ` ${scopeName(scope)}`))
    const nothing = rows.length === 0 ? [make('p', 'sheet-desc', '小程序没有申请过任何权限')] : []
    const sheet = make('section', 'phone-sheet', make('h2', 'sheet-title', '设置'), ...nothing, ...rows, makeButton('phone-sheet-item phone-sheet-cancel', '完成', done))
    sheet.setAttribute('aria-label', '设置')
    const close = openSheet(sheet, done, true)
  })
}
