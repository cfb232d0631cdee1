import path from 'node:path'
import { openSimulator } from '@tongxing/emulator/simulator'
import type { TestContext } from 'vitest'
import { afterAll, expect, it, vi } from 'vitest'
import { closeBrowser, openPage } from './browser.js'
import type { OpenPage } from './browser.js'
import { DOMAIN, openStage } from './stage.js'

vi.setConfig({ testTimeout: 60_000 })
afterAll(closeBrowser)

async function openExample(context: TestContext, name: string): Promise<OpenPage> {
  const stage = await openStage()
  return openPage(context, openSimulator(stage.emulator, { folder: path.join(import.meta.dirname, '../examples', name), domains: { [DOMAIN]: stage.url }, say: () => undefined }).url)
}

it('runs the hand-written login in the browser: templates, wxs, callbacks', async (context) => {
  const { page, phone, shoot } = await openExample(context, 'handwritten-login')
  await phone().byId('login').click()
  await phone().shows('.title', '已登录')
  await phone().shows('.row-value', /^u_[\w-]{4}…/)
  await shoot('30-handwritten-login')
  await phone().byId('orders').click()
  await phone().shows('.title', '共 1 单')
  expect(await page.locator('.row[data-name="wx.login"][data-kind=call]').count()).toBe(1)
})

it('runs component pages in TypeScript in the browser: tab bar, subpackage, slots', async (context) => {
  const { phone, shoot } = await openExample(context, 'component-style')
  await phone().shows('.title', '已登录')
  await phone().byId('coupons').click()
  await phone().shows('.sum', '还能用 2 张')
  await phone().locator('wx-view', { hasText: '去使用' }).last().click()
  await phone().shows('.sum', '还能用 1 张')
  await shoot('31-component-style')
})
