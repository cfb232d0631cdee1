import type { BundleDiagnostic } from '../../app-bundle.js'
import type { ErrorReport } from '../host.js'
import { addStyle, make, makeButton } from './element.js'

/** Nothing runs: the whole screen says why. */
export function drawCompileErrors(mount: HTMLElement, errors: readonly BundleDiagnostic[]): void {
  const items = errors.map(({ file, line, column, message }) =>
    make('li', '', make('code', '', line > 0 ? `${file}:${line}:${column}` : file), make('p', '', message)))
  const panel = make('section', 'phone-errors phone-errors-full', make('h2', '', '小程序编译失败 · Does not compile'), make('ul', '', ...items))
  panel.setAttribute('role', 'alert')
  addStyle()
  mount.classList.add('phone')
  mount.replaceChildren(panel)
}

export interface ErrorPanel {
  add(report: ErrorReport): void
}

const MOST = 5

/** Errors of the running program; it goes on as it would in WeChat. */
export function createErrorPanel(overlay: HTMLElement): ErrorPanel {
  const list = make('ul', '')
  const close = (): void => {
    panel.remove()
    list.replaceChildren()
  }
  const panel = make('section', 'phone-errors', makeButton('phone-errors-close', '×', close), list)
  panel.setAttribute('role', 'alert')
  return {
    add: ({ message, at, during }) => {
      list.append(make('li', '', make('code', '', at ?? during), make('p', '', message)))
      while (list.children.length > MOST) list.firstElementChild?.remove()
      overlay.append(panel)
    },
  }
}
