import { describe, describeCause, printAfter } from './describe.js'
import { inOneLine } from './description.js'
import { isSame, middleOf, spanOf } from './lanes.js'
import type { Lane } from './lanes.js'
import type { Group, Row } from './model.js'

/** What the picture shows. */
export interface PictureContent {
  readonly groups: readonly Group[]
  readonly lanes: readonly Lane[]
  readonly laneName: (lane: Lane) => string
  readonly title: string
}

const MARGIN = 24
const LANE = 210
const HEAD = 76
const GROUP = 34
const ROW = 38
/** px of a canvas that every browser draws. */
const LONGEST = 16_000
const SANS = '"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif'
const MONO = 'ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace'

type Colours = Readonly<Record<'panel' | 'ink' | 'ink2' | 'ink3' | 'line' | 'green' | 'blue' | 'amber' | 'red', string>>

interface Pen {
  readonly canvas: CanvasRenderingContext2D
  readonly colours: Colours
  readonly width: number
}

/** Draws the sequence as a PNG, in the colours of the page; the oldest groups stay out when it would be too long. */
export function drawPicture(content: PictureContent): Promise<Blob> {
  const shown = fit(content.groups)
  const width = content.lanes.length * LANE + 2 * MARGIN
  const height = HEAD + shown.reduce((sum, group) => sum + heightOf(group), 0) + MARGIN
  const scale = height * 2 > LONGEST ? 1 : 2
  const element = Object.assign(document.createElement('canvas'), { width: width * scale, height: height * scale })
  const canvas = element.getContext('2d')
  if (canvas === null) throw new Error('this browser draws no canvas')
  canvas.scale(scale, scale)
  const pen = { canvas, colours: readColours(), width: width - 2 * MARGIN }
  drawGround(pen, content, width, height)
  let top = HEAD
  for (const group of shown) {
    drawGroup(pen, group, content, top)
    top += heightOf(group)
  }
  return new Promise((resolve, reject) => {
    element.toBlob((blob) => {
      if (blob === null) reject(new Error('the picture is too large for this browser'))
      else resolve(blob)
    }, 'image/png')
  })
}

const heightOf = ({ rows }: Group): number => GROUP + rows.length * ROW

/** The newest groups that one canvas can hold. */
function fit(groups: readonly Group[]): readonly Group[] {
  let room = LONGEST - HEAD - MARGIN
  const first = groups.findLastIndex((group) => (room -= heightOf(group)) < 0)
  return groups.slice(first + 1)
}

function readColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  const names = ['panel', 'ink', 'ink2', 'ink3', 'line', 'green', 'blue', 'amber', 'red'] as const
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Record<typeof names[number], string>
}

const placeOf = ({ width }: Pen, percent: number): number => MARGIN + width * percent / 100

function drawGround(pen: Pen, { lanes, laneName, title }: PictureContent, width: number, height: number): void {
  const { canvas, colours } = pen
  canvas.fillStyle = colours.panel
  canvas.fillRect(0, 0, width, height)
  write(pen, title, MARGIN, 26, { font: `12px ${SANS}`, colour: colours.ink3, room: pen.width })
  canvas.setLineDash([4, 4])
  lanes.forEach((lane, index) => {
    const x = placeOf(pen, middleOf(index, lanes))
    write(pen, laneName(lane), x, 56, { font: `600 14px ${SANS}`, colour: colours.ink, align: 'center', room: LANE - 16 })
    line(pen, x, HEAD, x, height - MARGIN, colours.line, 1.5)
  })
  canvas.setLineDash([])
}

function drawGroup(pen: Pen, group: Group, content: PictureContent, top: number): void {
  const { canvas, colours } = pen
  const whose = content.lanes.length > 3 ? content.lanes.find(({ person, device }) => person !== '' && isSame({ person, device }, { person: group.cause?.person ?? '', device: group.cause?.device ?? '' })) : undefined
  const words = `${describeCause(group.cause)}${whose === undefined ? '' : ` · ${content.laneName(whose)}`}`
  canvas.font = `600 12px ${SANS}`
  const end = MARGIN + canvas.measureText(words).width + 10
  line(pen, end, top + 18, MARGIN + pen.width, top + 18, colours.line, 1)
  write(pen, words, MARGIN, top + 22, { font: `600 12px ${SANS}`, colour: colours.ink2, room: pen.width })
  group.rows.forEach((row, index) => { drawRow(pen, row, content.lanes, top + GROUP + index * ROW) })
}

function drawRow(pen: Pen, row: Row, lanes: readonly Lane[], top: number): void {
  const { colours } = pen
  const said = describe(row.step)
  const { from, to, right } = spanOf(row.step, lanes)
  const [left, end] = [placeOf(pen, from), placeOf(pen, to)]
  write(pen, printAfter(row.after), MARGIN + pen.width, top + 15, { font: `11px ${MONO}`, colour: colours.ink3, align: 'right', room: 60 })
  if (left === end) {
    dot(pen, left, top + 12, colours[said.tone])
    return write(pen, inOneLine(said), left + 14, top + 16, { font: `12.5px ${SANS}`, colour: colours.ink2, room: MARGIN + pen.width - left - 80 })
  }
  write(pen, inOneLine(said), (left + end) / 2, top + 17, { font: `12.5px ${SANS}`, colour: said.tone === 'red' ? colours.red : colours.ink, align: 'center', room: end - left - 16 })
  line(pen, left + 2, top + 27, end - 2, top + 27, colours[said.tone], 1.8)
  head(pen, right ? end - 1 : left + 1, top + 27, right, colours[said.tone])
}

interface TextStyle { readonly font: string, readonly colour: string, readonly room: number, readonly align?: CanvasTextAlign }

function write({ canvas, colours }: Pen, text: string, x: number, y: number, { font, colour, room, align = 'left' }: TextStyle): void {
  Object.assign(canvas, { font, textAlign: align })
  let shown = text
  while (shown.length > 1 && canvas.measureText(shown).width > room) shown = `${shown.replace(/…$/, '').slice(0, -1)}…`
  const width = canvas.measureText(shown).width
  const start = align === 'center' ? x - width / 2 : align === 'right' ? x - width : x
  canvas.fillStyle = colours.panel
  canvas.fillRect(start - 2, y - 11, width + 4, 14)
  canvas.fillStyle = colour
  canvas.fillText(shown, x, y)
}

function line({ canvas }: Pen, x1: number, y1: number, x2: number, y2: number, colour: string, thick: number): void {
  Object.assign(canvas, { strokeStyle: colour, lineWidth: thick })
  canvas.beginPath()
  canvas.moveTo(x1, y1)
  canvas.lineTo(x2, y2)
  canvas.stroke()
}

function dot({ canvas }: Pen, x: number, y: number, colour: string): void {
  canvas.fillStyle = colour
  canvas.beginPath()
  canvas.arc(x, y, 4.5, 0, 2 * Math.PI)
  canvas.fill()
}

function head({ canvas }: Pen, x: number, y: number, right: boolean, colour: string): void {
  const back = right ? -7 : 7
  canvas.fillStyle = colour
  canvas.beginPath()
  canvas.moveTo(x, y)
  canvas.lineTo(x + back, y - 5)
  canvas.lineTo(x + back, y + 5)
  canvas.fill()
}
