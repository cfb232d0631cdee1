import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeProgram } from '../fixtures/program.js'
import { createDiagnosticList, formatDiagnostic } from './diagnostics.js'
import { openProgramFolder } from './program-folder.js'
import type { SheetPlace } from './wxss.js'
import { compileWxss } from './wxss.js'

function compile(source: string, place: SheetPlace = {}, files: Record<string, string> = {}): { css: string, diagnostics: string[] } {
  const diagnostics = createDiagnosticList()
  const folder = openProgramFolder(writeProgram({ 's.wxss': source, ...files }), diagnostics)
  const css = compileWxss('s.wxss', place, folder, diagnostics)
  return { css: css.replace(/\s+/g, ' '), diagnostics: diagnostics.all.map(formatDiagnostic) }
}

describe('WXSS', () => {
  it.each<{ what: string, source: string, css: string, place?: SheetPlace }>([
    { what: 'rpx becomes a share of the screen\'s width', source: '.a{width:10rpx;margin:-1.5rpx 2px}', css: '.a{width:calc(10 * var(--rpx));margin:calc(-1.5 * var(--rpx)) 2px}' },
    { what: 'rpx in a media condition is half a pixel', source: '@media (min-width:700rpx){.a{color:red}}', css: '@media (min-width:350px){.a{color:red}}' },
    { what: 'vh is the page area\'s', source: '.a{height:100vh}', css: '.a{height:100cqh}' },
    { what: 'tags become the phone\'s elements', source: 'view button.x > text{color:red}', css: 'wx-view wx-button.x > wx-text{color:red}' },
    { what: 'steps of nth-child are no tags', source: 'view:nth-child(2n+1) text:nth-child(odd):not(view){color:red}', css: 'wx-view:nth-child(2n+1) wx-text:nth-child(odd):not(wx-view){color:red}' },
    { what: 'ids match by their end', source: '#btn{color:red}', css: '[id$="--btn"]{color:red}' },
    { what: 'page is the page', source: 'page{color:red}', css: 'wx-page{color:red}' },
    { what: 'a page\'s sheet stays in its page without gaining weight', source: 'page{color:red} .a, .b{color:red}', place: { page: 'p/a' }, css: 'wx-page[is="p/a"]{color:red} :where(wx-page[is="p/a"]) .a,:where(wx-page[is="p/a"]) .b{color:red}' },
    { what: 'a component\'s classes carry its scope', source: ':host{color:red} .a.b{color:red}', place: { scope: 'c1' }, css: '[wx-host="c1"]{color:red} .c1--a.c1--b{color:red}' },
    { what: 'a page with classes of its own stays in its page as well', source: '.a,page{color:red}', place: { page: 'p/a', scope: 'c1' }, css: ':where(wx-page[is="p/a"]) .c1--a,wx-page[is="p/a"]{color:red}' },
    { what: 'app.wxss spares the pages that want none of it', source: '.a::after{color:red}', place: { without: ['p/a'] }, css: '.a:not(:where(wx-page[is="p/a"],wx-page[is="p/a"] *))::after{color:red}' },
    { what: 'steps of keyframes are left alone', source: '@keyframes k{from{top:1rpx}50%{top:0}}', css: '@keyframes k{from{top:calc(1 * var(--rpx))}50%{top:0}}' },
  ])('$what', ({ source, css, place }) => {
    expect(compile(source, place)).toEqual({ css, diagnostics: [] })
  })

  it('inlines imports in place, each file once, relative to the file that names it', () => {
    const { css } = compile('@import "parts/one.wxss";\n.z{color:red}', {}, { 'parts/one.wxss': '@import url("./two.wxss"); @import "/s.wxss"; .one{color:red}', 'parts/two.wxss': '.two{color:red}' })
    expect(css.trim()).toBe('.two{color:red} .one{color:red} .z{color:red}')
  })

  it('follows symbolic links, and imports a file once under whatever name: a link back to its own folder ends', () => {
    const root = writeProgram({ 's.wxss': '@import "again/s.wxss"; @import "again/parts/one.wxss"; @import "parts/one.wxss"; .z{color:red}', 'parts/one.wxss': '.one{color:red}' })
    symlinkSync('.', join(root, 'again'))
    const diagnostics = createDiagnosticList()
    expect(compileWxss('s.wxss', {}, openProgramFolder(root, diagnostics), diagnostics).replace(/\s+/g, ' ').trim()).toBe('.one{color:red} .z{color:red}')
    expect(diagnostics.all).toEqual([])
  })

  it.each(['../../outside.wxss', '/../outside.wxss', 'parts/../../outside.wxss'])('refuses to import %s, which is outside of the program', (path) => {
    expect(compile(`@import "${path}";`).diagnostics).toEqual([expect.stringMatching(/^s\.wxss:1:1 @import: .*outside\.wxss is outside of the program$/)])
  })

  it('warns of a tag selector in an isolated component', () => {
    expect(compile('.a{color:red}\nview{color:red}', { scope: 'c1' }).diagnostics).toEqual(['s.wxss:2:1 tag selector "view" of an isolated component matches in every page'])
  })
})
