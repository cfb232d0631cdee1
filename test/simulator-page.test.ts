import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSimulator } from '@tongxing/emulator/simulator'
import type { TestContext } from 'vitest'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { closeBrowser, openPage } from './browser.js'
import type { OpenPage } from './browser.js'
import { DOMAIN, openStage } from './stage.js'

const DEMO = fileURLToPath(new URL('../examples/miniprogram', import.meta.url))
const MEMBERS = fileURLToPath(new URL('../packages/emulator/runtime/fixtures/members', import.meta.url))
const PEOPLE = [{ id: 'xiaoming', nickName: '小明' }, { id: 'xiaohong', nickName: '小红' }]

afterAll(closeBrowser)

async function openFolder(context: TestContext, folder: string, options: Parameters<typeof openPage>[2] = {}): Promise<OpenPage> {
  const stage = await openStage({ emulator: { people: PEOPLE } })
  return openPage(context, openSimulator(stage.emulator, { folder, domains: { [DOMAIN]: stage.url }, era: '2021-04', say: () => undefined }).url, options)
}

const SIZES = [['desk', { width: 1280, height: 800 }], ['hand', { width: 390, height: 844 }]] as const

it.for(SIZES.flatMap(([size, viewport]) => (['zh-CN', 'en-US'] as const).flatMap((locale) => (['light', 'dark'] as const).map((theme) => ({ size, viewport, locale, theme })))))(
  'fits: $size, $locale, $theme', async ({ size, viewport, locale, theme }, context) => {
    const { page, phone, spills, shoot } = await openFolder(context, DEMO, { viewport, locale })
    if (await page.evaluate(() => document.documentElement.dataset['theme']) !== theme) await page.getByRole('button', { name: /^(深色|浅色|Dark|Light)$/ }).click()
    await phone().shows('.status', '已登录')
    await phone().locator(`.phone-navigation[data-text=${theme === 'dark' ? 'white' : 'black'}]`).waitFor()
    await page.locator('.row[data-name="wx.setStorage"] .label[title*="tongxing:wxemu"]').waitFor({ state: 'attached' })
    expect(await spills()).toEqual([])
    const tabs = page.locator('.tabs button')
    const parts = size === 'hand' ? ['phone', 'timeline', 'controls'] : ['all']
    for (const [index, part] of parts.entries()) {
      if (size === 'hand') await tabs.nth(index).click()
      if (part === 'timeline') await page.locator('.row[data-name$="/v1/login"]').first().click()
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      await shoot(`fit-${size}-${locale}-${theme}-${part}`)
    }
  })

it('adds a person, changes name and picture, and hands the phone over', async (context) => {
  const { page, phone, shoot } = await openFolder(context, DEMO)
  await page.getByRole('button', { name: '新的人' }).click()
  await page.getByRole('textbox', { name: '昵称' }).fill('Ann')
  await page.getByRole('radio', { name: '图片 2' }).check({ force: true })
  await shoot('12-person-dialog')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.locator('.person b', { hasText: 'Ann' }).click()
  await page.locator('.person.on b', { hasText: 'Ann' }).waitFor()
  await phone().shows('.status', '已登录')
  await page.getByRole('button', { name: '修改: Ann' }).click()
  await page.getByRole('textbox', { name: '昵称' }).fill('安')
  await page.keyboard.press('Enter')
  await page.locator('.person.on b', { hasText: '安' }).waitFor()
})

it('moves the clock by any amount: page and phone tell the same time', async (context) => {
  const { page, phone, act } = await openFolder(context, DEMO)
  await phone().shows('.status', '已登录')
  await act('custom')
  await page.getByRole('textbox', { name: '快进多少' }).fill('90')
  await page.keyboard.press('Enter')
  await page.locator('.group h3', { hasText: '时间快进 90 分钟' }).waitFor()
  const shown = (await page.locator('.pill.now').innerText()).trim().slice(11, 16)
  await expect.poll(() => phone().locator('.status-bar time').innerText()).toMatch(new RegExp(`^0?${Number(shown.slice(0, 2))}:`))
})

it('shows where a program does not compile, and runs it again once it is mended', async (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-page-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(MEMBERS, folder, { recursive: true })
  writeFileSync(path.join(folder, 'app.json'), '{ "pages": ["pages/list/list"] ')
  const { page, phone, shoot } = await openFolder(context, folder)
  await phone().shows('.phone-errors', /app\.json:1:\d+/)
  await page.locator('.pill.failed').waitFor()
  await shoot('13-compile-error')
  cpSync(path.join(MEMBERS, 'app.json'), path.join(folder, 'app.json'))
  await phone().locator('wx-page').waitFor()
  await page.locator('.pill.folder:not(.failed)').waitFor()
})

it('runs a second mini program, written another way', async (context) => {
  const { page, phone, shoot } = await openFolder(context, MEMBERS)
  await phone().locator('wx-button:visible', { hasText: '添加会员' }).click()
  await phone().byId('name').locator('input').fill('张三')
  await phone().shows('.hint', '你好,张三')
  await phone().locator('wx-switch').click()
  await phone().locator('wx-button:visible', { hasText: '保存' }).click()
  await phone().shows('wx-page', '138')
  await page.locator('.row[data-name="wx.setStorage"]').waitFor()
  await shoot('14-members')
})

it('works by keyboard: a button on the phone, the sheet, and back', async (context) => {
  const { page, phone } = await openFolder(context, DEMO)
  await phone().byId('to-by-hand').click()
  await phone().byId('get-profile').focus()
  await page.keyboard.press('Enter')
  await phone().locator('.sheet-deny:focus').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('.row[data-name="sheet getUserProfile"]', { hasText: '允许' }).waitFor()
})
