import { JSDOM } from 'jsdom'
import { createElement } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { openPhone, until, useEmulator } from '../test/phone.js'
import { useAuth as useAuthInReact } from './react.js'
import { useAuth as useAuthInVue } from './vue.js'

useEmulator()

describe('useAuth', () => {
  it('in React renders anew at a login, a kept profile and a log-out, and starts no login', async () => {
    const { client, calls } = await openPhone()
    const { window } = new JSDOM('<div id="root"></div>')
    for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) vi.stubGlobal(name, value)
    const { createRoot } = await import('react-dom/client')
    const View = () => {
      const { user } = useAuthInReact(client)
      return createElement('p', null, user === null ? 'nobody' : user.profile?.nickname ?? 'somebody')
    }
    const container = window.document.getElementById('root')!
    const root = createRoot(container)
    root.render(createElement(View))
    await until(() => container.textContent === 'nobody')
    expect(calls('login')).toBe(0)
    await client.login()
    await until(() => container.textContent === 'somebody')
    await client.profile.save({ nickname: '大明' })
    await until(() => container.textContent === '大明')
    await client.logout()
    await until(() => container.textContent === 'nobody')
    root.unmount()
  }, 30_000)

  it('in Vue gives refs that follow the session until the scope ends', async () => {
    const { client, calls } = await openPhone()
    const scope = effectScope()
    const { session, user } = scope.run(() => useAuthInVue(client))!
    expect([session.value, user.value, calls('login')]).toEqual([null, null, 0])
    await client.login()
    expect([session.value, user.value]).toEqual([client.session, client.user])
    await client.profile.save({ nickname: '大明' })
    expect(user.value?.profile?.nickname).toBe('大明')
    scope.stop()
    await client.logout()
    expect(session.value).not.toBe(null)
  })
})
