import { make } from './draw.js'

const LOOK_MS = 1000

/** The top of the phone: the emulator's time, and what a phone shows beside it. */
export function addStatusBar(): void {
  const time = make('time', '')
  const tell = (): void => {
    const now = new Date()
    time.textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, '0')}`
  }
  tell()
  setInterval(tell, LOOK_MS)
  const bar = make('div', 'status-bar', time, make('span', 'status-icons', make('i', 'status-signal'), make('i', 'status-battery')))
  bar.setAttribute('aria-hidden', 'true')
  // In the navigation bar it has that bar's colours; a program that does not compile has none.
  const around = document.querySelector('.phone-navigation') ?? document.getElementById('mount')
  around?.prepend(bar)
}
