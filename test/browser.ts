import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core'
import type { TestContext } from 'vitest'
import { expect, onTestFinished } from 'vitest'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const QUIET = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
/** ms until a condition that does not come true fails the test. */
const WAIT_MS = 25_000
const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url))

let browser: Promise<Browser> | undefined

/** The one browser of a test file; the test is skipped, with the reason, where there is none, but never in CI. */
export async function openBrowser(context: TestContext): Promise<Browser> {
  if (!existsSync(CHROMIUM) && process.env['CI'] === undefined) context.skip('Chromium is not installed: apt-get install chromium')
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  return browser
}

/** Ends it; the next file of the same process gets a browser of its own. */
export async function closeBrowser(): Promise<void> {
  const open = browser
  browser = undefined
  await (await open)?.close()
}

/** The simulator's page, as a user has it before him. */
export interface OpenPage {
  readonly page: Page
  /** What is on the screen of a phone. */
  phone(id?: string): Phone
  /** The rows of the timeline, as they are worded. */
  rows(): Promise<string[]>
  /** Rows of the timeline whose words leave their lanes: into the time, or over the edge. */
  spills(): Promise<string[]>
  act(name: string): Promise<void>
  shoot(name: string): Promise<void>
}

export interface Phone extends Pick<FrameLocator, 'locator'> {
  /** An element by the id that it has in WXML. */
  byId(id: string): Locator
  /** Waits until the element shows the text. */
  shows(selector: string, text: string | RegExp): Promise<void>
}

/** Opens the page; the test fails on any error of the page, its phones or their console, but for the `expected` ones, and when one of those does not come. */
export async function openPage(context: TestContext, url: string, options: BrowserContextOptions = {}, expected: readonly string[] = []): Promise<OpenPage> {
  const page = await (await openBrowser(context)).newPage({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN', colorScheme: null, ...options })
  page.setDefaultTimeout(WAIT_MS)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
  onTestFinished(async () => {
    const beyond = await page.evaluate(() => document.scrollingElement!.scrollHeight - innerHeight)
    await page.close()
    expect(errors).toEqual(expected)
    expect(beyond, 'px that the page is taller than its window: a focus would scroll the top bar away').toBe(0)
  })
  await page.goto(url)
  const phone = (id = '1'): Phone => {
    const frame = page.frameLocator(`iframe[data-phone="${id}"]`)
    return {
      locator: frame.locator.bind(frame),
      byId: (name) => frame.locator(`[id$="--${name}"]`),
      shows: async (selector, text) => { await frame.locator(`${selector}:visible`).filter({ hasText: text }).first().waitFor() },
    }
  }
  return {
    page, phone,
    rows: () => page.locator('.row .label').allInnerTexts().then((texts) => texts.map((text) => text.replace(/\s+/g, ' ').trim())),
    spills: () => page.locator('.row').evaluateAll((rows) => rows.filter((row) => {
      const edge = (selector: string): DOMRect | undefined => row.querySelector(selector)?.getBoundingClientRect()
      const words = [...row.querySelectorAll('.label > *')].map((part) => part.getBoundingClientRect()).filter(({ width }) => width > 0)
      return words.some(({ left, right }) => right > (edge('.time')?.left ?? 0) || left < row.getBoundingClientRect().left)
    }).map((row) => row.textContent)),
    act: (name) => page.locator(`[data-act=${name}]`).click(),
    shoot: async (name) => {
      mkdirSync(SCREENSHOTS, { recursive: true })
      await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, animations: 'disabled' })
    },
  }
}
