import type { Emulator } from '#emulator'
import { initialOf, PICTURES } from '../wire/avatars.js'

const COLOURS = ['#07a352', '#2b6de5', '#c2410c', '#7c3aed', '#0e7490', '#be185d', '#4d7c0f', '#b45309']

const svg = (content: string): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 132" width="132" height="132">${content}</svg>`
const square = (colour: string): string => `<rect width="132" height="132" fill="${colour}"/>`

const GREY = svg(`${square('#d5d5d5')}<g fill="#fff"><circle cx="66" cy="52" r="24"/><path d="M20 124c4-30 22-42 46-42s42 12 46 42z"/></g>`)

const DRAWINGS: Readonly<Record<string, string>> = {
  hill: `${square('#bfe3f5')}<circle cx="98" cy="34" r="14" fill="#ffd166"/><path d="M0 104 44 44l30 40 18-22 40 42v28H0z" fill="#3a7d5c"/><path d="M44 44 30 63l10 6 8-6 8 5z" fill="#fff"/>`,
  cat: `${square('#ffe3cf')}<path d="M30 34l22 16h28l22-16v46a36 36 0 0 1-72 0z" fill="#e07a3f"/><circle cx="52" cy="76" r="6" fill="#3b2a20"/><circle cx="80" cy="76" r="6" fill="#3b2a20"/><path d="M60 92h12l-6 7z" fill="#3b2a20"/>`,
  leaf: `${square('#e5f4d8')}<path d="M28 104C24 52 58 24 108 26c0 52-30 82-70 72" fill="#5a9e3d"/><path d="M24 110 84 50" stroke="#2f6b1f" stroke-width="5" stroke-linecap="round" fill="none"/>`,
  sea: `${square('#fdebc8')}<circle cx="66" cy="62" r="26" fill="#f2994a"/><path d="M0 78q16-10 33 0t33 0 33 0 33 0v54H0z" fill="#2d8fb3"/><path d="M0 100q16-10 33 0t33 0 33 0 33 0v32H0z" fill="#1f6f8f"/>`,
  sun: `${square('#fff2c4')}<g stroke="#f2b01e" stroke-width="7" stroke-linecap="round"><path d="M66 16v14M66 102v14M16 66h14M102 66h14M31 31l10 10M91 91l10 10M101 31 91 41M41 91 31 101"/></g><circle cx="66" cy="66" r="24" fill="#f2b01e"/>`,
  moon: `${square('#1f2a4d')}<path d="M84 28a42 42 0 1 0 22 58 36 36 0 0 1-22-58z" fill="#f4e8b8"/><circle cx="98" cy="44" r="3" fill="#fff"/><circle cx="34" cy="28" r="2.5" fill="#fff"/><circle cx="112" cy="72" r="2" fill="#fff"/>`,
}

/** The picture behind `avatars/{name}.svg`; whatever is not known is WeChat's grey one. */
export function drawAvatar(name: string, emulator: Emulator): string {
  const [kind, key = ''] = name.split('.', 2)
  if (kind === 'picture' && PICTURES.includes(key)) return svg(DRAWINGS[key] ?? '')
  const person = kind === 'person' ? emulator.people.find(({ id }) => id === key) : undefined
  // By their order, so that neighbours differ.
  return person === undefined ? GREY : drawInitial(person.nickName, COLOURS[emulator.people.indexOf(person) % COLOURS.length] ?? '')
}

function drawInitial(nickName: string, colour: string): string {
  const text = initialOf(nickName).replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
  return svg(`${square(colour)}<text x="66" y="86" text-anchor="middle" font-size="58" font-family="PingFang SC,Noto Sans CJK SC,Microsoft YaHei,sans-serif" fill="#fff">${text}</text>`)
}
