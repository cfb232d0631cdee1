import { describe, expect, it } from 'vitest'
import type { TestPhone } from '../create-phone.js'
import { startProgram } from '../fixtures/program.js'

const start = (body: string, wx: Record<string, unknown> = {}): TestPhone =>
  startProgram({ 'p/a.wxml': '<button bindtap="go"/>', 'p/a.js': `Page({ go() { ${body} } })` }, { wx })
const lines = (phone: TestPhone): string[] => phone.console.map(({ text }) => text)
const LOG = 'success: (r) => console.log(r), fail: (e) => console.log(e)'

describe('wx on the phone', () => {
  it('shows a toast until its time, and a loading until it is hidden', async () => {
    const phone = start(`wx.showLoading({ title: '请稍候', mask: true }); wx.showToast({ title: '好了', duration: 0, ${LOG} })`)
    phone.tap('button')
    expect(phone.text('.phone-toast')).toBe('好了')
    expect(phone.findAll('.phone-toast')).toHaveLength(1)
    await phone.settle()
    expect(phone.find('.phone-toast')).toBeUndefined()
    expect(lines(phone)).toEqual(['{"errMsg":"showToast:ok"}'])
    const { showLoading, hideLoading } = phone.running.wx as Record<string, (options: object) => Promise<unknown>>
    await showLoading?.({ title: 'x' })
    expect(phone.find('.phone-toast')?.getAttribute('data-icon')).toBe('loading')
    await hideLoading?.({})
    expect(phone.find('.phone-toast')).toBeUndefined()
  })

  it('asks in a modal and gives the answer', async () => {
    const phone = start(`wx.showModal({ title: '提示', content: '退出?', ${LOG} })`)
    phone.tap('button')
    expect([phone.text('.phone-modal-title'), phone.text('.phone-modal-content'), phone.text('.phone-modal-cancel'), phone.text('.phone-modal-confirm')]).toEqual(['提示', '退出?', '取消', '确定'])
    phone.tap('.phone-modal-confirm')
    phone.tap('button')
    phone.tap('.phone-modal-cancel')
    await phone.settle()
    expect(lines(phone)).toEqual(['{"confirm":true,"cancel":false,"content":null,"errMsg":"showModal:ok"}', '{"confirm":false,"cancel":true,"content":null,"errMsg":"showModal:ok"}'])
  })

  it('offers an action sheet', async () => {
    const phone = start(`wx.showActionSheet({ itemList: ['甲', '乙'], ${LOG} })`)
    phone.tap('button')
    phone.tap('.phone-sheet-item:nth-child(2)')
    phone.tap('button')
    phone.tap('.phone-sheet-cancel')
    await phone.settle()
    expect(lines(phone)).toEqual(['{"tapIndex":1,"errMsg":"showActionSheet:ok"}', '{"errMsg":"showActionSheet:fail cancel"}'])
  })

  it('sets the navigation bar', async () => {
    const phone = start(`wx.setNavigationBarTitle({ title: '新' }); wx.setNavigationBarColor({ frontColor: '#ffffff', backgroundColor: '#07c160' })`)
    phone.tap('button')
    await phone.settle()
    expect(phone.text('.phone-title')).toBe('新')
    const bar = phone.window.document.querySelector<HTMLElement>('.phone-navigation')
    expect([bar?.dataset.text, bar?.style.background]).toEqual(['white', 'rgb(7, 193, 96)'])
  })

  it('gives a promise when no callback is passed', async () => {
    const phone = start(`wx.navigateTo({ url: '/no' }).catch((e) => console.log(e.errMsg)); wx.hideToast().then((r) => console.log(r.errMsg))`)
    phone.tap('button')
    await phone.settle()
    expect(lines(phone).sort()).toEqual(['hideToast:ok', 'navigateTo:fail page "no" is not found'])
  })

  it('leaves everything else to the device, absence included', () => {
    const phone = start(`console.log(wx.login(), typeof wx.getUserProfile, wx.canIUse('showToast'), wx.canIUse('login'), wx.canIUse('scanCode'))`, { login: () => 'device', canIUse: (schema: string) => schema === 'login' })
    phone.tap('button')
    expect(lines(phone)).toEqual(['device undefined true true false'])
  })

  it('answers createSelectorQuery of the current page', async () => {
    const phone = startProgram({ 'p/a.wxml': '<view id="v" data-n="{{1}}"/>', 'p/a.js': 'Page({ onReady() { wx.createSelectorQuery().select("#v").boundingClientRect((r) => console.log(r.width, r.dataset)).exec() } })' })
    await phone.settle()
    expect(lines(phone)).toEqual(['0 {"n":1}'])
  })

  it('refreshes by the page\'s onPullDownRefresh', async () => {
    const phone = startProgram({ 'p/a.js': 'Page({ onLoad() { wx.startPullDownRefresh() }, onPullDownRefresh() { console.log("pulled"); wx.stopPullDownRefresh() } })' })
    await phone.settle()
    expect(lines(phone)).toEqual(['pulled'])
  })
})
