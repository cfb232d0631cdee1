import type { Launch } from '../wire/messages.js'
import { make, makeButton } from './draw.js'

/** What is seen while the mini program is in the background: the phone's desktop, with the way back. */
export function createAway({ app }: Launch, back: () => void): (hidden: boolean) => void {
  let desktop: HTMLElement | undefined
  return (hidden) => {
    desktop?.remove()
    desktop = undefined
    if (!hidden) return
    desktop = make('div', 'phone-away', make('p', '', '小程序在后台'), makeButton('away-back', `回到「${app.name}」`, back))
    desktop.setAttribute('role', 'status')
    document.getElementById('mount')?.append(desktop)
  }
}
