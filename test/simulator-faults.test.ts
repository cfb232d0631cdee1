import { afterAll, expect, it, vi } from 'vitest'
import { closeBrowser } from './browser.js'
import { lookAtPanel, openDemoPage } from './demo-page.js'

vi.setConfig({ testTimeout: 60_000 })
afterAll(closeBrowser)

it('makes WeChat busy by one click: the login fails as often, the hits are counted, one click ends it', async (context) => {
  const { page, phone, act, stage, shoot } = await openDemoPage(context)
  await page.locator('[data-side=faults]').click()
  await page.getByText('现在一切正常').waitFor()
  await page.getByRole('button', { name: /调用太频繁/ }).click()
  await page.locator('.active-fault', { hasText: '发生 0 次' }).waitFor()
  await act('delete')
  await page.locator('.active-fault', { hasText: /发生 [1-9]\d* 次\s*直到结束/ }).waitFor()
  await shoot('20-fault-active')
  await page.locator('[data-side=timeline]').click()
  await page.locator('.row[data-name="GET /sns/jscode2session"] .label', { hasText: '45011' }).first().waitFor()
  await page.locator('[data-side=faults]').click()
  await page.getByRole('button', { name: '结束: 调用太频繁' }).click()
  await page.getByText('现在一切正常').waitFor()
  expect(stage.emulator.faults.list()).toEqual([])
  await act('relaunch')
  await phone().shows('.status', '已登录')
})

it('takes a rule of one’s own: of one person’s phone, by chance', async (context) => {
  const { page, act, stage, shoot } = await openDemoPage(context)
  const choose = async (field: string, option: string) => {
    await page.locator('.fault-form .field', { hasText: field }).locator('input').click()
    await page.locator('.t-select-option:visible', { hasText: option }).first().click()
  }
  await page.locator('[data-side=faults]').click()
  await act('write-fault')
  expect(await page.locator('.fault-form .form-buttons').evaluate((buttons) => innerHeight - buttons.getBoundingClientRect().bottom)).toBeGreaterThan(0)
  await choose('哪里', 'wx.login')
  await choose('怎么错', '失败的 errMsg')
  await page.locator('.fault-value input').fill('no network')
  await choose('多少次', '按概率')
  await choose('谁的手机', '小红')
  await page.locator('.fault-line', { hasText: 'wx.login errMsg="no network" probability=0.3 person=xiaohong' }).waitFor()
  await shoot('21-fault-form')
  await page.getByRole('button', { name: '开始', exact: true }).click()
  await page.locator('.active-fault', { hasText: 'person=xiaohong' }).waitFor()
  expect(stage.emulator.faults.list()).toMatchObject([{ rule: { where: 'wx.login', errMsg: 'no network', probability: 0.3, person: 'xiaohong' }, left: 'always' }])
})

it('the fault panel fits at both widths, in both languages and themes', async (context) => {
  const opened = await openDemoPage(context)
  const { page, act, stage } = opened
  stage.emulator.fault({ where: 'wx.request', html502: true, times: 3 })
  stage.emulator.fault({ where: '/wxa/business/getuserphonenumber', errcode: -1, times: 'always', probability: 0.25 })
  const faults = await lookAtPanel(opened, 'faults', '.faults', async (size) => {
    if (size === 'hand') await page.locator('.tabs button').nth(1).click()
    await page.locator('[data-side=faults]').click()
    if (size === 'desk') await act('write-fault')
  })
  expect(faults).toEqual([])
})
