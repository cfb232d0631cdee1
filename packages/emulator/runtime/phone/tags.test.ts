import { describe, expect, it } from 'vitest'
import type { PhoneOptions, TestPhone } from '../create-phone.js'
import { startProgram } from '../fixtures/program.js'
import { SUPPORTED_TAGS } from '../supported-tags.js'
import { BUILTIN_TAGS } from './builtin-tags.js'

/** A page whose handler `on` keeps the last event of each type. */
const start = (wxml: string, data = '{}', options: Partial<PhoneOptions> = {}): TestPhone =>
  startProgram({ 'p/a.wxml': wxml, 'p/a.js': `Page({ data: ${data}, on(e) { this.setData({ [e.type]: e.detail }) } })` }, options)

describe('built-in tags', () => {
  it('are exactly those that the compiler lets through', () => {
    expect(['page', ...BUILTIN_TAGS.map(({ name }) => name)].sort()).toEqual(Object.keys(SUPPORTED_TAGS).sort())
  })

  it.each(BUILTIN_TAGS.map(({ name }) => name))('<%s> shows nothing while hidden', (name) => {
    const phone = start(`<${name} hidden="{{h}}"/>`, '{ h: true }')
    expect(phone.find(name)?.getAttribute('style')).toContain('display:none')
    phone.running.navigation.current()?.instance.setData({ h: false })
    expect(phone.find(name)?.getAttribute('style') ?? '').not.toContain('display:none')
    expect(phone.errors).toEqual([])
  })
})

describe('<web-view>', () => {
  it('says that there is no browser, opens nothing and raises nothing', async () => {
    const phone = start('<web-view src="{{src}}" bindload="on" binderror="on" bindmessage="on"/>', `{ src: 'https://h5.example.com/?ticket=1' }`)
    await phone.settle()
    expect([phone.text('web-view'), phone.find('iframe'), phone.data()]).toEqual([expect.stringContaining('no browser here'), undefined, { src: 'https://h5.example.com/?ticket=1' }])
    expect(phone.console).toEqual([{ level: 'info', text: '<web-view>: no browser here, https://h5.example.com/?ticket=1 is not opened' }])
    expect(phone.errors).toEqual([])
  })
})

describe('<button>', () => {
  it.each([
    { attribute: 'disabled', taps: false }, { attribute: 'disabled="false"', taps: false },
    { attribute: 'disabled="{{true}}"', taps: false }, { attribute: 'disabled="{{false}}"', taps: true }, { attribute: '', taps: true },
  ])('with $attribute tells the page of a tap: $taps', ({ attribute, taps }) => {
    const phone = start(`<button ${attribute} bindtap="on">x</button>`)
    phone.tap('button')
    expect(phone.data().tap !== undefined).toBe(taps)
  })

  it.each([
    { openType: 'getPhoneNumber', event: 'getphonenumber', detail: { errMsg: 'getPhoneNumber:ok', code: 'c' } },
    { openType: 'getRealtimePhoneNumber', event: 'getrealtimephonenumber', detail: { code: 'c' } },
    { openType: 'chooseAvatar', event: 'chooseavatar', detail: { avatarUrl: 'wxfile://tmp' } },
    { openType: 'agreePrivacyAuthorization', event: 'agreeprivacyauthorization', detail: {} },
    { openType: 'openSetting', event: 'opensetting', detail: { authSetting: {} } },
    { openType: 'getUserInfo', event: 'getuserinfo', detail: { userInfo: { nickName: 'x' } } },
  ])('open-type="$openType" asks the host and raises $event with its answer', async ({ openType, event, detail }) => {
    const asked: unknown[] = []
    const phone = start(`<button id="b" open-type="${openType}" bind${event}="on"/>`, '{}', {
      openType: async (name, button) => { asked.push([name, button.id]); return detail },
    })
    phone.tap('button')
    await phone.settle()
    expect(phone.data()).toEqual({ [event]: detail })
    expect(asked).toEqual([[openType, 'b']])
  })

  it('raises nothing when the person cancels', async () => {
    const phone = start('<button open-type="chooseAvatar" bindchooseavatar="on"/>', '{}', { openType: () => Promise.resolve(undefined) })
    phone.tap('button')
    await phone.settle()
    expect(phone.data()).toEqual({})
  })

  it('without a host\'s answer takes wx.getUserInfo, refusal included, and says plainly what it lacks', async () => {
    const wx = { getUserInfo: ({ fail }: { fail: (e: unknown) => void }) => { fail({ errMsg: 'getUserInfo:fail auth deny' }) } }
    const phone = start('<button open-type="getUserInfo" bindgetuserinfo="on"/><button class="p" open-type="getPhoneNumber"/>', '{}', { wx })
    phone.tap('button')
    phone.tap('.p')
    await phone.settle()
    expect(phone.data().getuserinfo).toEqual({ errMsg: 'getUserInfo:fail auth deny' })
    expect(phone.errors.map(({ message }) => message)).toEqual(['open-type="getPhoneNumber": the simulator does not support it yet'])
  })

  it('agrees to the privacy terms first where the types are coupled', async () => {
    const asked: string[] = []
    const phone = start('<button open-type="getPhoneNumber|agreePrivacyAuthorization"/>', '{}', { openType: (name) => Promise.resolve(asked.push(name)) })
    phone.tap('button')
    await phone.settle()
    expect(asked).toEqual(['agreePrivacyAuthorization', 'getPhoneNumber'])
  })

  it('may be pressed with a key', () => {
    const phone = start('<button bindtap="on">x</button>')
    phone.find('button')?.dispatchEvent(new phone.window.KeyboardEvent('keydown', { key: 'Enter' }))
    expect(phone.data().tap).toEqual({ x: 0, y: 0 })
  })
})

describe('<input> and <textarea>', () => {
  it('tell what was typed, and follow the page\'s value', () => {
    const phone = start('<input value="{{v}}" bindinput="on"/>', '{ v: "a" }')
    const control = phone.find('input input') as HTMLInputElement | undefined ?? phone.find('input')?.querySelector('input')
    expect(control?.value).toBe('a')
    phone.input('input', 'abc')
    expect(phone.data().input).toMatchObject({ value: 'abc' })
    phone.running.navigation.current()?.instance.setData({ v: 'z' })
    expect(control?.value).toBe('z')
  })

  it.each(['input', 'textarea'])('<%s> writes through model:value', (tag) => {
    const phone = start(`<${tag} model:value="{{v}}"/><text>{{v}}</text>`, '{ v: "" }')
    phone.input(tag, '你好')
    expect(phone.data().v).toBe('你好')
    expect(phone.text('text')).toBe('你好')
  })

  it('hold at most 140 characters unless told otherwise', () => {
    const phone = start('<input/><textarea maxlength="{{-1}}"/>')
    expect(phone.find('input')?.querySelector('input')?.maxLength).toBe(140)
    expect(phone.find('textarea')?.querySelector('textarea')?.hasAttribute('maxlength')).toBe(false)
  })

  it('of type nickname offer the person\'s nickname and clear one that fails the check', async () => {
    const phone = start('<input type="nickname" bindinput="on" bindblur="on" bindnicknamereview="on"/>', '{}', {
      suggestNickname: () => Promise.resolve('小明'), reviewNickname: (value) => Promise.resolve({ pass: value !== '坏', timeout: false }),
    })
    const control = phone.find('input')?.querySelector('input')
    control?.focus()
    await phone.settle()
    phone.tap('.phone-nickname-fill')
    expect(control?.value).toBe('小明')
    phone.input('input', '坏')
    control?.blur()
    await phone.settle()
    expect(phone.data()).toMatchObject({ blur: { value: '坏' }, input: { value: '' }, nicknamereview: { pass: false, timeout: false } })
  })
})

describe('<form>', () => {
  const FIELDS = `<form bindsubmit="on" bindreset="on">
    <input name="a" value="1"/><textarea name="b"/><switch name="c" checked="{{true}}"/><slider name="d" value="{{5}}"/>
    <checkbox-group name="e"><label><checkbox value="x" checked="{{true}}"/>X</label><checkbox class="y" value="y"/></checkbox-group>
    <radio-group name="f"><radio value="m"/><radio class="w" value="w"/></radio-group>
    <picker name="g" range="{{range}}" value="{{0}}"/><input value="nameless"/>
    <button form-type="submit"/><button class="reset" form-type="reset"/>
  </form>`

  it('collects its fields by name, and puts them back', () => {
    const phone = start(FIELDS, '{ range: ["p", "q"] }')
    phone.input('input', '2')
    phone.input('textarea', 'long')
    phone.tap('switch')
    phone.tap('.y')
    phone.tap('.w')
    phone.submit('form')
    expect(phone.data().submit).toEqual({ value: { a: '2', b: 'long', c: false, d: 5, e: ['x', 'y'], f: 'w', g: 0 }, formId: '' })
    phone.tap('.reset')
    phone.submit('form')
    expect(phone.data().submit).toMatchObject({ value: { a: '1', b: '', c: true, e: ['x'], f: '' } })
  })

  it('takes a component that has the behavior wx://form-field', () => {
    const phone = startProgram({
      'p/a.wxml': '<form bindsubmit="on"><c name="n" value="v"/><button form-type="submit"/></form>', 'p/a.js': 'Page({ on(e) { this.setData({ v: e.detail.value }) } })',
      'p/a.json': '{ "usingComponents": { "c": "/c/c" } }', 'c/c.wxml': '<view/>', 'c/c.js': 'Component({ behaviors: ["wx://form-field"] })', 'c/c.json': '{ "component": true }',
    })
    phone.submit('form')
    expect(phone.data().v).toEqual({ n: 'v' })
  })
})

describe('choices', () => {
  it('tell their group, and a label chooses for them once', () => {
    const phone = start('<checkbox-group bindchange="on"><label class="l"><checkbox value="a"/><text class="t">A</text></label></checkbox-group>')
    phone.tap('.t')
    expect(phone.data().change).toEqual({ value: ['a'] })
    phone.tap('checkbox')
    expect(phone.data().change).toEqual({ value: [] })
  })

  it('may be labelled from elsewhere by id', () => {
    const phone = start('<radio-group bindchange="on"><radio id="r" value="r"/></radio-group><label for="r"><text class="t">R</text></label>')
    phone.tap('.t')
    expect(phone.data().change).toEqual({ value: 'r' })
  })

  it('of a disabled box do not change', () => {
    const phone = start('<checkbox-group bindchange="on"><checkbox value="a" disabled/></checkbox-group><switch disabled bindchange="on"/>')
    phone.tap('checkbox')
    phone.tap('switch')
    expect(phone.data()).toEqual({})
  })

  it('of a picker come from its sheet: an index as text, and cancel', async () => {
    const phone = start('<picker range="{{r}}" range-key="n" bindchange="on" bindcancel="on"><text class="t">x</text></picker>', '{ r: [{ n: "一" }, { n: "二" }] }')
    phone.tap('.t')
    const select = phone.window.document.querySelector('select')
    expect([...select?.options ?? []].map(({ text }) => text)).toEqual(['一', '二'])
    if (select) select.selectedIndex = 1
    phone.tap('.phone-picker-confirm')
    await phone.settle()
    expect(phone.data().change).toEqual({ value: '1' })
    phone.tap('.t')
    phone.tap('.phone-picker-cancel')
    await phone.settle()
    expect(phone.data().cancel).toEqual({})
  })
})

describe('the other tags', () => {
  it('<image> asks where its picture is, and tells of failure', () => {
    const phone = start('<image src="/i/a.png" mode="aspectFit" binderror="on"/>', '{}', { resolveAsset: (source) => `http://files.test${source}` })
    const picture = phone.find('image')?.querySelector('img')
    expect(picture?.src).toBe('http://files.test/i/a.png')
    expect(picture?.style.objectFit).toBe('contain')
    picture?.dispatchEvent(new phone.window.Event('error'))
    expect(phone.data().error).toEqual({ errMsg: 'GET /i/a.png failed' })
  })

  it('<navigator> goes where it says', () => {
    const phone = startProgram({ 'app.json': '{ "pages": ["p/a", "p/b"] }', 'p/a.wxml': '<navigator url="b?x=1">go</navigator>', 'p/b.wxml': '{{x}}', 'p/b.js': 'Page({ onLoad({ x }) { this.setData({ x }) } })' })
    phone.tap('navigator')
    expect(phone.page()).toBe('p/b')
    expect(phone.text()).toBe('1')
  })

  it('<swiper> moves to the current item and tells of a swipe', () => {
    const phone = start('<swiper current="{{1}}" indicator-dots="{{true}}" bindchange="on"><swiper-item wx:for="{{3}}">{{item}}</swiper-item></swiper>')
    const items = phone.findAll('swiper-item') as HTMLElement[]
    expect(items.map(({ style }) => style.transform)).toEqual(['translateX(-100%)', 'translateX(0%)', 'translateX(100%)'])
    const swiper = phone.find('swiper')
    for (const [type, clientX] of [['pointerdown', 200], ['pointerup', 100]] as const) swiper?.dispatchEvent(new phone.window.MouseEvent(type, { clientX }))
    expect(phone.data().change).toEqual({ current: 2, currentItemId: '', source: 'touch' })
  })

  it('<progress> and <icon> draw what they are told', () => {
    const phone = start('<progress percent="{{40}}" show-info/><icon type="warn"/>')
    expect(phone.text('progress')).toBe('40%')
    expect(phone.text('icon')).toBe('!')
  })
})
