import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'
import type { WxFailure } from './callback.js'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const CONFORMANCE = path.join(ROOT, 'packages/emulator/test/types/conformance.ts')
const TYPINGS = path.join(ROOT, 'node_modules/miniprogram-api-typings/types/wx/lib.wx.api.d.ts')

const OPTIONS: ts.CompilerOptions = {
  strict: true, noEmit: true, exactOptionalPropertyTypes: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: ['node', 'miniprogram-api-typings'], typeRoots: [path.join(ROOT, 'node_modules/@types'), path.join(ROOT, 'node_modules')],
}

/** The members of the typings' interface Wx: whether each is a function. */
function officialMembers(): Map<string, boolean> {
  const members = new Map<string, boolean>()
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === 'Wx') {
      for (const member of node.members) if (member.name !== undefined && ts.isIdentifier(member.name)) members.set(member.name.text, ts.isMethodSignature(member))
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(TYPINGS, ts.sys.readFile(TYPINGS) ?? '', ts.ScriptTarget.ES2022))
  return members
}

/** What wx does itself; everything else says that it is not emulated. */
const EMULATED = new Set([
  'login', 'checkSession', 'request', 'uploadFile', 'downloadFile', 'connectSocket', 'sendSocketMessage', 'closeSocket', 'onSocketOpen', 'onSocketMessage', 'onSocketError', 'onSocketClose',
  'setStorage', 'getStorage', 'removeStorage', 'clearStorage', 'getStorageInfo', 'setStorageSync', 'getStorageSync', 'removeStorageSync', 'clearStorageSync', 'getStorageInfoSync',
  'getUserProfile', 'getUserInfo', 'authorize', 'getSetting', 'openSetting', 'getAccountInfoSync', 'getAppBaseInfo', 'getSystemInfoSync', 'canIUse',
  'getNetworkType', 'onNetworkStatusChange', 'offNetworkStatusChange', 'getPrivacySetting', 'requirePrivacyAuthorize', 'openPrivacyContract', 'onNeedPrivacyAuthorization',
  'onAppHide', 'offAppHide', 'onAppShow', 'offAppShow', 'env',
  'setBackgroundFetchToken', 'getBackgroundFetchToken', 'getBackgroundFetchData', 'onBackgroundFetchData',
])
/** Programs ask for it with `if (wx.cloud)`, so it is absent unless `containers` is given. */
const ABSENT = 'cloud'

it('every member of wx fits miniprogram-api-typings, but for the differences that are listed with their reason', () => {
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([CONFORMANCE], OPTIONS))
  expect(diagnostics.map(({ file, messageText }) => `${path.basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)).toEqual([])
}, 240_000)

it('every name of the typings is emulated, or fails with a sentence that says it is not', async () => {
  const emulator = await createEmulator()
  onTestFinished(() => emulator.close())
  const device = emulator.openDevice({ appid: 'wxemu0123456789abc', person: 'xiaoming' })
  const wx = device.wx as unknown as Record<string, ((options?: object) => Promise<unknown> | undefined) | undefined>
  const members = officialMembers()
  expect(members.size).toBeGreaterThan(450)
  const texts = await Promise.all([...members].filter(([name]) => !EMULATED.has(name) && name !== ABSENT).map(async ([name, isFunction]) => {
    try {
      // `wx.worklet.derived`: any member of an object.
      return [name, isFunction ? await (wx[name] ?? expect.fail(`wx.${name} is absent`))() : String((wx[name] as unknown as { derived: unknown }).derived)]
    } catch (failure) {
      return [name, failure instanceof Error ? failure.message : (failure as WxFailure).errMsg]
    }
  }))
  expect(texts.filter(([name = '', text]) => text !== `${String(name)}:fail not emulated by @tongxing/emulator` && text !== `${String(name)}.derived:fail not emulated by @tongxing/emulator`)).toEqual([])
  expect([...EMULATED].filter((name) => !members.has(name) || !(name in wx))).toEqual([])
  expect(ABSENT in wx).toBe(false)
})
