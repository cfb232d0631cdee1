import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { findSecrets } from './find-secrets.js'

const S = '4f8a1c0e9b7d6352a1b2c3d4e5f60718'
const LEAKS: readonly string[] = [
  `const secret = '${S}'`, `const appSecret = "${S}"`, `let APP_SECRET=\`${S}\``, `secret: '${S}',`, `"secret": "${S}"`, `'appsecret':'${S}'`,
  `AppSecret: '${S.toUpperCase()}'`, `wxSecret = '${S}'`, `WECHAT_SECRET=${S}`, `export WX_APP_SECRET="${S}"`,
  `url: 'https://api.weixin.qq.com/sns/jscode2session?appid=wx0123456789abcdef&secret=${S}&js_code=' + code`,
  `https://api.weixin.qq.com/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=${S}`,
  `data: { appid: 'wx0123456789abcdef', secret: '${S}' }`, `{appid:"wx0123456789abcdef",secret:"${S}"}`, `getToken('wx0123456789abcdef', /* secret */ '${S}')`,
  `'${S}' // app secret`, `var c={a:1,appSecret:"${S}",b:2};`, `secret = process.env.X || '${S}'`, `<!-- secret ${S} -->`, `secret\t=\t'${S}'`,
  `SECRET_KEY_OF_APP = '${S}'`, `config.secret='${S}';`, `config['secret']='${S}';`, `const { secret = '${S}' } = options`, `app_secret: ${S}`,
  `  "appSecret" : "${S}" ,`, `const WX = ['wx0123456789abcdef', '${S}'] // appid, secret`, `setSecret("${S}")`, `secret=encodeURIComponent('${S}')`, `wechat.appsecret="${S}"`,
]
const INNOCENT: readonly string[] = [
  `const md5 = '${S}'`, `integrity: '${S}${S}'`, `secret: '${S}${S.slice(0, 8)}'`, 'const secret = getSecretFromServer()', `commit ${S}a`, 'placeholder="your secret"', `image: '${S}.png'`,
  'the secret of a good login', `const secret = ''\nconst hash = '${S}'`,
]

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'tongxing-doctor-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  return root
}

it('T02: finds 30 of 30 seeded AppSecrets, whatever they are called', () => {
  expect(LEAKS).toHaveLength(30)
  for (const leak of LEAKS) expect(findSecrets(folder({ 'utils/config.js': `// config\n${leak}\n` })), leak).toMatchObject([{ line: 2 }])
})

it('T02: raises no alarm at hashes, other lengths and talk of secrets, nor in our own mini programs', () => {
  for (const innocent of INNOCENT) expect(findSecrets(folder({ 'app.js': innocent })), innocent).toEqual([])
  expect(findSecrets(fileURLToPath(new URL('../../../../examples', import.meta.url)))).toEqual([])
})

it('T02: looks into a packed mini program, and not into node_modules', () => {
  const root = folder({ '__APP__.wxapkg': `\u00be\u0000\u0001binary;var a={secret:"${S}"};`, 'node_modules/x/index.js': LEAKS[0]! })
  expect(findSecrets(root)).toEqual([{ file: path.join(root, '__APP__.wxapkg'), line: 1 }])
})
