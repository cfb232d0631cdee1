import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { reveal, secret } from './secret.js'

it('shows [secret] to JSON, strings, templates, console and spreading, and gives the value to reveal alone', () => {
  const wrapped = secret('the AppSecret')
  const shown = [JSON.stringify({ wrapped }), String(wrapped), `${wrapped.toString()}`, inspect(wrapped), inspect({ deep: { wrapped } }, { showHidden: true, depth: 9 }), JSON.stringify({ ...wrapped })]
  expect(shown.join('\n')).not.toContain('AppSecret')
  expect(reveal(wrapped)).toBe('the AppSecret')
})

it('refuses to reveal an object that only looks like a secret', () => {
  expect(() => reveal({ isSecret: true, toJSON: () => '', toString: () => '' })).toThrow(TypeError)
})
