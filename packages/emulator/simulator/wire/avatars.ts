// Avatars live at WeChat's picture host, which the simulator plays: nothing is fetched from outside.
import { PREFIX } from './messages.js'

const HOST = 'https://thirdwx.qlogo.cn/mmopen/vi_32/'

/** Pictures that the simulator brings along, by name. */
export const PICTURES: readonly string[] = ['hill', 'cat', 'leaf', 'sea', 'sun', 'moon']

/** The avatarUrl that stands for a picture of ours. */
export const pictureUrl = (name: string): string => `${HOST}emulated.${name}/132`

/** What stands in a picture made of a name: 小明 is 明 to friends; Ann is A. */
export function initialOf(nickName: string): string {
  const letters = [...nickName.trim()]
  return (/^[\u4e00-\u9fff]+$/.test(nickName.trim()) ? letters.at(-1) : letters[0]) ?? '?'
}

/** Where the simulator has the picture of an avatarUrl; any other address stays as it is. */
export function avatarAddress(avatarUrl: string): string {
  if (!avatarUrl.startsWith(HOST)) return avatarUrl
  const [, dot, name] = /^emulated([-.])([\w-]+)\//.exec(avatarUrl.slice(HOST.length)) ?? []
  if (name === undefined) return `${PREFIX}/avatars/grey.svg`
  return `${PREFIX}/avatars/${dot === '.' ? 'picture' : 'person'}.${name}.svg`
}
