import { describe, expect, it } from 'vitest'
import { fixture, startFolder, startProgram } from './fixtures/program.js'

const USER = { nickName: '小明', avatarUrl: 'https://thirdwx.qlogo.cn/a/132' }
type Callbacks = Record<string, ((result: unknown) => void) | undefined>

describe('the tutorial\'s page, unmodified', () => {
  it('shows who the person is after getUserProfile in the tap', async () => {
    const phone = startFolder(fixture('seed'), { wx: { getUserProfile: ({ success }: Callbacks) => { queueMicrotask(() => success?.({ userInfo: USER })) } } })
    expect(phone.text()).toBe('获取头像昵称')
    phone.tap('button')
    await phone.settle()
    expect(phone.text('.userinfo-nickname')).toBe('小明')
    expect(phone.data()).toMatchObject({ userInfo: USER, hasUserInfo: true })
  })

  it('falls back to the getUserInfo button where getUserProfile is absent', async () => {
    const anonymous = { nickName: '微信用户', avatarUrl: '' }
    const phone = startFolder(fixture('seed'), { wx: { getUserInfo: ({ success }: Callbacks) => success?.({ userInfo: anonymous, errMsg: 'getUserInfo:ok' }) } })
    expect(phone.find('button')?.getAttribute('open-type')).toBe('getUserInfo')
    phone.tap('button')
    await phone.settle()
    expect(phone.text('.userinfo-nickname')).toBe('微信用户')
    expect(phone.errors).toEqual([])
  })
})

describe('another hand\'s program: ES5, callbacks, component with slots and observers, wxs, imported template, form, model:value', () => {
  it('runs', async () => {
    const storage = new Map<string, unknown>()
    const wx = {
      getStorageSync: (key: string) => storage.get(key) ?? '',
      setStorage: ({ key, data, success }: { key: string, data: unknown, success: () => void }) => {
        storage.set(key, data)
        queueMicrotask(success)
      },
    }
    const phone = startFolder(fixture('members'), { wx })
    expect(phone.warnings).toEqual([])
    expect(phone.text('.empty')).toBe('还没有会员')
    phone.tap('button')
    phone.input('#name', '王芳')
    expect(phone.text('.hint')).toBe('你好,王芳')
    phone.submit('form')
    expect(storage.size).toBe(0)
    phone.tap('switch')
    phone.submit('form')
    await phone.settle()
    expect(phone.page()).toBe('pages/list/list')
    expect(phone.text('.badge')).toBe('★2 王芳')
    expect([phone.text('.initial'), phone.text('.primary')]).toEqual(['王', '138****8000'])
    expect(phone.text('.phone-toast')).toBe('已保存')
    phone.tap('.card')
    expect(phone.text('.phone-modal')).toContain('第 1 位会员')
    expect(phone.errors).toEqual([])
  })
})

describe('createPhone', () => {
  it('settles only after the calls of wx have answered', async () => {
    const wx = { login: () => new Promise((resolve) => { setTimeout(resolve, 5, { code: 'c' }) }) }
    const phone = startProgram({ 'p/a.js': 'Page({ async onLoad() { const { code } = await wx.login(); this.setData({ code }) } })' }, { wx })
    await phone.settle()
    expect(phone.data()).toEqual({ code: 'c' })
  })

  it('names what it did not find', () => {
    const phone = startProgram({})
    expect(() => { phone.tap('.nowhere') }).toThrow('nothing on page "p/a" matches ".nowhere"')
  })

  it('opens a page with a query in place of the stack', () => {
    const phone = startProgram({ 'app.json': '{ "pages": ["p/a", "p/b"] }', 'p/b.wxml': '{{id}}', 'p/b.js': 'Page({ onLoad({ id }) { this.setData({ id }) } })' })
    phone.open('p/b', { id: '7 &' })
    expect(phone.pages()).toEqual(['p/b'])
    expect(phone.text()).toBe('7 &')
  })

  it('keeps several phones apart', () => {
    const [one, two] = ['a', 'b'].map((who) => startProgram({ 'p/a.wxml': '<button bindtap="go">{{who}}</button>', 'p/a.js': 'Page({ go() { this.setData({ who: wx.who() }) } })' }, { wx: { who: () => who } }))
    one?.tap('button')
    two?.tap('button')
    expect([one?.text(), two?.text()]).toEqual(['a', 'b'])
  })
})
