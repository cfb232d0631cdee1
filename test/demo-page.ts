import { fileURLToPath } from 'node:url'
import { openSimulator } from '@tongxing/emulator/simulator'
import type { SimulatorOptions } from '@tongxing/emulator/simulator'
import type { TestContext } from 'vitest'
import { openPage } from './browser.js'
import type { OpenPage } from './browser.js'
import { DOMAIN, openStage } from './stage.js'
import type { Stage } from './stage.js'

const DEMO = fileURLToPath(new URL('../examples/miniprogram', import.meta.url))
const PEOPLE = [{ id: 'xiaoming', nickName: '小明' }, { id: 'xiaohong', nickName: '小红' }]

/** The simulator's page with the demo on the phone of 小明, logged in. */
export async function openDemoPage(context: TestContext, options: Partial<SimulatorOptions> = {}): Promise<OpenPage & { stage: Stage }> {
  const stage = await openStage({ emulator: { people: PEOPLE } })
  const simulator = openSimulator(stage.emulator, { folder: DEMO, domains: { [DOMAIN]: stage.url }, era: '2021-04', say: () => undefined, ...options })
  const opened = await openPage(context, simulator.url)
  await opened.phone().shows('.status', '已登录')
  return { ...opened, stage }
}

/** A desktop, and a phone. */
export const SIZES = { desk: { width: 1440, height: 900 }, hand: { width: 390, height: 844 } } as const

/**
 * Looks at a panel at both widths, in both languages and themes: nothing in it may leave it, and nothing may be cut off.
 * `before` runs on each view, once the panel is open.
 */
export async function lookAtPanel({ page, shoot }: OpenPage, name: string, selector: string, open: (size: keyof typeof SIZES) => Promise<void>): Promise<string[]> {
  // A colour on its way to another is neither.
  await page.addStyleTag({ content: '*{transition:none!important;animation:none!important}' })
  const faults: string[] = []
  for (const size of ['desk', 'hand'] as const) {
    await page.setViewportSize(SIZES[size])
    await open(size)
    for (const language of ['zh', 'en'] as const) {
      if (await page.evaluate(() => document.documentElement.lang.slice(0, 2)) !== language) await page.locator('.language').click()
      for (const theme of ['light', 'dark'] as const) {
        if (await page.evaluate(() => document.documentElement.dataset['theme']) !== theme) await page.getByRole('button', { name: /^(深色|浅色|Dark|Light)$/ }).click()
        faults.push(...(await page.locator(selector).evaluate(findFaults)).map((fault) => `${size} ${language} ${theme}: ${fault}`))
        await shoot(`${name}-${size}-${language}-${theme}`)
      }
    }
  }
  return faults
}

/** Runs in a page: what is cut off or sticks out of the panel, and text that is too faint (WCAG 4.5). */
export function findFaults(panel: Element): string[] {
  const frame = panel.getBoundingClientRect()
  const channel = (value: number): number => value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4
  const parse = (colour: string): number[] => {
    const numbers = colour.match(/[\d.]+/g)?.map(Number) ?? []
    return colour.startsWith('color(') ? numbers.map((value, index) => index < 3 ? value * 255 : value) : numbers
  }
  const light = ([red = 0, green = 0, blue = 0]: number[]): number => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
  const ground = (element: Element | null): number[] => {
    if (element === null) return [255, 255, 255]
    const colour = parse(getComputedStyle(element).backgroundColor)
    return (colour[3] ?? 1) > 0.9 ? colour : ground(element.parentElement)
  }
  return [...panel.querySelectorAll('*')].flatMap((element) => {
    const { left, right, width } = element.getBoundingClientRect()
    const words = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent?.trim()).join('')
    if (width === 0 || words === '' || getComputedStyle(element).visibility === 'hidden') return []
    const [front, back] = [light(parse(getComputedStyle(element).color)), light(ground(element))]
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)
    return [
      ...left < frame.left - 1 || right > frame.right + 1 ? [`“${words}” leaves the panel`] : [],
      ...element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 ? [`“${words}” is cut off`] : [],
      // White on WeChat's own green is WeChat's to answer for.
      ...contrast < 4.5 && !element.closest('[disabled], .t-is-disabled, wx-button[type=primary]') ? [`“${words}” is faint: ${contrast.toFixed(2)}`] : [],
    ]
  })
}
