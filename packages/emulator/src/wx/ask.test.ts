import { describe, expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'
import type { Answer, Answerer, Question } from './ask.js'

async function open(answer: Answerer, era: '2018' | '2021-04') {
  const emulator = await createEmulator()
  onTestFinished(() => emulator.close())
  const device = emulator.openDevice({ appid: emulator.apps[0]?.appid ?? '', person: 'xiaoming', era, answer })
  return { emulator, device }
}

describe('answer as a function', () => {
  it('is asked with who and what for, and the call waits for it', async () => {
    const asked: Question[] = []
    const { emulator, device } = await open((question) => {
      asked.push(question)
      return Promise.resolve('allow')
    }, '2021-04')
    expect(await device.tap(() => device.wx.getUserProfile?.({ desc: '展示' }))).toMatchObject({ userInfo: { nickName: '小明' } })
    expect(asked).toMatchObject([{ api: 'getUserProfile', desc: '展示', person: { id: 'xiaoming' }, app: { name: '通行演示' } }])
    expect(emulator.traffic.list().find(({ name }) => name === 'sheet getUserProfile')?.detail).toMatchObject({ desc: '展示', answer: 'allow' })
  })

  it('refuses with WeChat’s text', async () => {
    const { device } = await open(() => 'deny', '2021-04')
    await expect(device.tap(() => device.wx.getUserProfile?.({ desc: '展示' }))).rejects.toEqual({ errMsg: 'getUserProfile:fail auth deny' })
  })

  it('is remembered for a scope, and asked again when it went unanswered', async () => {
    const answers: (() => Promise<Answer>)[] = [() => Promise.reject(new Error('closed')), () => Promise.resolve('allow')]
    const { device } = await open(() => answers.shift()?.() ?? 'deny', '2018')
    const ask = () => new Promise<string>((resolve) => { device.wx.getUserInfo({ complete: ({ errMsg }) => resolve(errMsg) }) })
    expect(await ask()).toBe('getUserInfo:fail auth deny')
    expect(device.authSetting).toEqual({})
    expect([await ask(), await ask()]).toEqual(['getUserInfo:ok', 'getUserInfo:ok'])
  })
})

describe('erase', () => {
  it('leaves nothing of the mini program on the phone', async () => {
    const { device } = await open('allow', '2018')
    device.wx.setStorageSync('a', 1)
    await new Promise((resolve) => { device.wx.login({ complete: resolve }) })
    await new Promise((resolve) => { device.wx.getUserInfo({ complete: resolve }) })
    device.erase()
    const next = device.relaunch()
    expect([[...next.storage.keys()], next.authSetting]).toEqual([[], {}])
    expect(await new Promise((resolve) => { next.wx.checkSession({ success: resolve, fail: resolve }) })).toMatchObject({ errMsg: expect.stringContaining('checkSession:fail') as string })
  })
})
