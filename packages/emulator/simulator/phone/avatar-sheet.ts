import { avatarAddress, PICTURES, pictureUrl } from '../wire/avatars.js'
import type { Launch } from '../wire/messages.js'
import { PREFIX } from '../wire/messages.js'
import { make, makeButton, makePicture, openSheet } from './draw.js'

/** Side of a WeChat avatar in px. */
const SIDE = 132

/** The picker of open-type="chooseAvatar": resolves to the event's detail, or undefined when the person cancels. */
export async function chooseAvatar(launch: Launch): Promise<{ avatarUrl: string } | undefined> {
  const picture = await pick(launch)
  return picture === undefined ? undefined : { avatarUrl: await keep(picture, launch) }
}

function pick({ person }: Launch): Promise<string | Blob | undefined> {
  return new Promise((resolve) => {
    const own = avatarAddress(person.avatarUrl)
    const done = (picture: string | Blob | undefined) => (): void => {
      close()
      resolve(picture)
    }
    const first = makeButton('sheet-own', '', done(own))
    first.append(makePicture('sheet-avatar', own), '用微信头像')
    const give = (picture: string | Blob): void => { done(picture)() }
    const album = makeButton('phone-sheet-item sheet-album', '从相册选择', () => { album.replaceWith(drawAlbum(give)) })
    const sheet = make('section', 'phone-sheet sheet-avatars', make('h2', 'sheet-title', '获取你的头像'), first, album, makeButton('phone-sheet-item phone-sheet-cancel', '取消', done(undefined)))
    sheet.setAttribute('aria-label', '获取你的头像')
    const close = openSheet(sheet, done(undefined), true)
  })
}

function drawAlbum(give: (picture: string | Blob) => void): HTMLElement {
  const pictures = PICTURES.map((name, index) => {
    const source = avatarAddress(pictureUrl(name))
    const button = makeButton('sheet-picture', '', () => { give(source) })
    button.setAttribute('aria-label', `图片 ${index + 1}`)
    button.append(makePicture('', source))
    return button
  })
  const input = Object.assign(document.createElement('input'), { type: 'file', accept: 'image/png,image/jpeg,image/gif,image/webp' })
  input.addEventListener('change', () => {
    const [file] = input.files ?? []
    if (file !== undefined) give(file)
  })
  const file = make('label', 'sheet-file', '电脑里的图片…', input)
  return make('div', 'sheet-grid', ...pictures, file)
}

/** The emulator keeps the picture; the program gets a temporary path, as on a phone. */
async function keep(picture: string | Blob, { phone }: Launch): Promise<string> {
  const body = typeof picture === 'string' ? await drawPng(picture) : picture
  const response = await fetch(`${PREFIX}/phones/${phone}/files`, { method: 'POST', headers: { 'content-type': body.type }, body })
  const answer = await response.json() as { path: string } | { error: string }
  if ('error' in answer) throw new Error(answer.error)
  return answer.path
}

async function drawPng(source: string): Promise<Blob> {
  const image = new Image()
  image.src = source
  await image.decode()
  const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE })
  canvas.getContext('2d')?.drawImage(image, 0, 0, SIDE, SIDE)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error(`${source} cannot be drawn`))
      else resolve(blob)
    }, 'image/png')
  })
}
