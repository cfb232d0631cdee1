import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openSimulator } from '@tongxing/emulator/simulator'
import type { TestContext } from 'vitest'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { closeBrowser, openPage } from './browser.js'
import { openStage } from './stage.js'

afterAll(closeBrowser)

/** How a component says what may style it: its JSON beside `component`, its options. */
const COMPONENTS = {
  plain: {}, isolated: { json: { styleIsolation: 'isolated' } }, apply: { json: { styleIsolation: 'apply-shared' } }, shared: { json: { styleIsolation: 'shared' } },
  global: { options: { addGlobalClass: true } },
} satisfies Record<string, { json?: object, options?: object }>

/** app.wxss pads at the top, the page's sheet on the left, each component's on the right, and :host at the bottom. */
function writeProgram(pageJson: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-styles-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const names = Object.keys(COMPONENTS)
  const files: Record<string, string> = {
    'app.json': '{ "pages": ["p/a"] }', 'app.wxss': '.all{padding-top:1px}', 'p/a.wxss': '.all{padding-left:2px}', 'p/a.js': 'Page({})',
    'p/a.json': JSON.stringify({ ...pageJson, usingComponents: Object.fromEntries(names.map((name) => [`c-${name}`, `/c/${name}`])) }),
    'p/a.wxml': names.map((name) => `<view id="page-${name}" class="all own-${name}"/><c-${name} id="host-${name}"/>`).join(''),
  }
  for (const [name, { json = {}, options = {} }] of Object.entries<{ json?: object, options?: object }>(COMPONENTS)) {
    files[`c/${name}.json`] = JSON.stringify({ component: true, ...json })
    files[`c/${name}.js`] = `Component({ options: ${JSON.stringify(options)} })`
    files[`c/${name}.wxml`] = `<view id="inside-${name}" class="all own-${name}"/>`
    files[`c/${name}.wxss`] = `.own-${name}{padding-right:3px}${name === 'shared' ? '' : ':host{padding-bottom:4px}'}`
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  return folder
}

type Paddings = Record<string, number[]>

/** Paddings (app.wxss, page, component) of what stands in the page and inside the components, and those at the bottom of hosts. */
async function measure(context: TestContext, pageJson: object): Promise<{ page: Paddings, inside: Paddings, host: Record<string, string> }> {
  const stage = await openStage()
  const { phone } = await openPage(context, openSimulator(stage.emulator, { folder: writeProgram(pageJson), say: () => undefined }).url)
  const styleOf = (id: string): Promise<string[]> => phone().byId(id).evaluate((element) => {
    const { paddingTop, paddingLeft, paddingRight, paddingBottom } = getComputedStyle(element)
    return [paddingTop, paddingLeft, paddingRight, paddingBottom]
  })
  const found = { page: {} as Paddings, inside: {} as Paddings, host: {} as Record<string, string> }
  for (const name of Object.keys(COMPONENTS)) {
    for (const place of ['page', 'inside'] as const) found[place][name] = (await styleOf(`${place}-${name}`)).slice(0, 3).map(Number.parseFloat)
    found.host[name] = (await styleOf(`host-${name}`))[3] ?? ''
  }
  return found
}

it('styles a component by styleIsolation, addGlobalClass and :host', async (context) => {
  const { page, inside, host } = await measure(context, {})
  expect(inside).toEqual({ plain: [0, 0, 3], isolated: [0, 0, 3], apply: [1, 2, 3], shared: [1, 2, 3], global: [1, 2, 3] })
  expect(page).toEqual({ plain: [1, 2, 0], isolated: [1, 2, 0], apply: [1, 2, 0], shared: [1, 2, 3], global: [1, 2, 0] })
  expect(host).toEqual({ plain: '4px', isolated: '4px', apply: '4px', shared: '0px', global: '4px' })
})

it.for([
  { mode: 'page-isolated', own: [0, 2, 0], shared: [0, 0, 3], fromShared: [0, 2, 0], says: 'nothing of app.wxss, nothing from it to components, nothing from them' },
  { mode: 'page-apply-shared', own: [0, 2, 0], shared: [0, 0, 3], fromShared: [0, 2, 3], says: 'nothing of app.wxss, nothing from it to components' },
  { mode: 'page-shared', own: [0, 2, 0], shared: [0, 2, 3], fromShared: [0, 2, 3], says: 'nothing of app.wxss' },
])('a page with $mode: $says', async ({ mode, own, shared, fromShared }, context) => {
  const { page, inside } = await measure(context, { styleIsolation: mode })
  expect([page['plain'], inside['plain'], inside['shared'], page['shared']]).toEqual([own, [0, 0, 3], shared, fromShared])
})

it('a component that is a page is styled like one', async (context) => {
  const { page } = await measure(context, { component: true })
  expect(page['plain']).toEqual([1, 2, 0])
})
