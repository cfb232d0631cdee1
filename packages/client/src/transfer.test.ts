import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, settle, times, until, useEmulator } from '../test/phone.js'
import type { Phone } from '../test/phone.js'

useEmulator()

const picture = ({ device }: Phone) => device.keepFile(Buffer.from('picture'))

describe('upload', () => {
  it('waits for the login, is signed, and its answer stays as wx gives it', async () => {
    const phone = await openPhone()
    const { client, backend } = phone
    const steps: number[] = []
    const answer = await client.upload({
      url: '/files', filePath: picture(phone), formData: { kind: 'photo' },
      onTask(task) { (task as { onProgressUpdate(listener: (at: { progress: number }) => void): void }).onProgressUpdate(({ progress }) => steps.push(progress)) },
    })
    expect(answer).toMatchObject({ statusCode: 200, data: JSON.stringify({ uid: client.user?.uid, path: '/files' }) })
    const [sent] = backend.to('/files')
    expect(sent).toMatchObject({ method: 'POST', token: client.session?.token })
    for (const part of ['name="file"', 'picture', 'name="kind"', 'photo']) expect(sent?.body).toContain(part)
    expect(steps.at(-1)).toBe(100)
  })

  it.each([false, true])('52: a 401 in success, its body a text, is a new login and a new upload; 12 at once log in once (single session: %s)', async (single) => {
    const phone = await openPhone()
    const { client, backend, calls } = phone
    backend.single = single
    await client.login()
    backend.kill()
    const answers = await Promise.all(times(12, () => client.upload({ url: '/files', filePath: picture(phone), name: 'photo' })))
    expect(answers.map((answer) => answer.statusCode)).toEqual(times(12, () => 200))
    expect(calls('login')).toBe(2)
    expect(backend.to('/files').every(({ body }) => body.includes('name="photo"'))).toBe(true)
  })

  it('52: an upload of a session that was ended on purpose signs out instead', async () => {
    const phone = await openPhone()
    const { client, backend, calls } = phone
    await client.login()
    backend.kill('session_revoked')
    expect(await failureOf(client.upload({ url: '/files', filePath: picture(phone) }))).toMatchObject({ code: 'SESSION_REJECTED', action: 'ask_user' })
    expect([calls('login'), client.session]).toEqual([1, null])
  })

  it('can be aborted, times out, and fails as requests do', async () => {
    const phone = await openPhone()
    const { client, backend, clock } = phone
    await client.login()
    backend.answer('/files', 'hang', 2)
    const [aborted, late] = times(2, () => client.upload({ url: '/files', filePath: picture(phone) }))
    await until(() => backend.to('/files').length === 2)
    aborted?.abort()
    expect((await failureOf(aborted!)).code).toBe('ABORTED')
    clock.advance(15_000)
    expect((await failureOf(late!)).code).toBe('TIMEOUT')
    expect((await failureOf(client.upload({ url: '/files', filePath: 'wxfile://none' }))).code).toBe('NETWORK')
    await expect(client.upload({ url: 'https://evil.test/', filePath: picture(phone) })).rejects.toThrow(/another host/)
    await expect(client.upload({ url: '/files', filePath: picture(phone), timeout: Infinity })).rejects.toThrow(/finite/)
  })
})

describe('download', () => {
  it('waits for the login, is signed, and gives the file', async () => {
    const { client, backend, device } = await openPhone()
    const { tempFilePath = '', statusCode } = await client.download({ url: '/bill.pdf' })
    expect([statusCode, JSON.parse(device.files.get(tempFilePath)?.bytes.toString() ?? '')]).toMatchObject([200, { path: '/bill.pdf' }])
    expect(backend.to('/bill.pdf')[0]?.token).toBe(client.session?.token)
  })

  it('53: a 401 page is not a file: a new login, then the file', async () => {
    const { client, backend, calls, device } = await openPhone()
    await client.login()
    backend.kill()
    const answers = await Promise.all(times(9, () => client.download({ url: '/bill.pdf' })))
    for (const { tempFilePath = '' } of answers) expect(device.files.get(tempFilePath)?.bytes.toString()).toContain('/bill.pdf')
    expect(calls('login')).toBe(2)
  })

  it('53: the reason of a 401 is asked for, so that a session ended on purpose stays ended', async () => {
    const { client, backend, calls } = await openPhone()
    await client.login()
    backend.kill('session_revoked')
    expect(await failureOf(client.download({ url: '/bill.pdf' }))).toMatchObject({ code: 'SESSION_REJECTED', action: 'ask_user', problem: { code: 'session_revoked' } })
    expect([calls('login'), client.session]).toEqual([1, null])
  })

  it('53: a back end that cannot tell the reason means a dead session', async () => {
    const { client, backend, calls } = await openPhone()
    await client.login()
    backend.kill()
    backend.answer('/v1/session', { status: 404, body: '' })
    expect((await client.download({ url: '/bill.pdf' })).statusCode).toBe(200)
    expect(calls('login')).toBe(2)
  })

  it('53: any other error page is REFUSED, and its file is not handed out', async () => {
    const { client, backend, calls } = await openPhone()
    for (const [status, retryable] of [[404, false], [503, true]] as const) {
      backend.answer('/bill.pdf', { status, body: '<html>' })
      const failure = await failureOf(client.download({ url: '/bill.pdf' }))
      expect(failure).toMatchObject({ code: 'REFUSED', retryable, cause: { statusCode: status } })
      expect(JSON.stringify(failure)).not.toContain('wxfile')
    }
    // The session stands, so this 401 is about the file.
    backend.answer('/bill.pdf', { status: 401, body: '' })
    expect(await failureOf(client.download({ url: '/bill.pdf' }))).toMatchObject({ code: 'REFUSED', cause: { statusCode: 401 } })
    expect(calls('login')).toBe(1)
  })
})

describe('the background', () => {
  const GRACE = 5000

  it('55: a GET that the background interrupted is sent again as soon as the mini program is shown, and no sooner', async () => {
    const { client, backend, device, clock } = await openPhone()
    await client.get('/warm')
    const gate = backend.hold('/orders')
    const answer = client.get('/orders')
    await until(() => gate.waiting() === 1)
    device.background()
    clock.advance(GRACE)
    await settle()
    gate.release()
    expect(backend.to('/orders')).toHaveLength(1)
    device.foreground()
    expect((await answer).statusCode).toBe(200)
    expect(backend.to('/orders')).toHaveLength(2)
  })

  it('55: a POST, an upload and a download are not sent again', async () => {
    const phone = await openPhone()
    const { client, backend, device, clock } = phone
    await client.login()
    const gates = ['/pay', '/files', '/bill.pdf'].map((path) => backend.hold(path))
    const failures = [client.post('/pay', {}), client.upload({ url: '/files', filePath: picture(phone) }), client.download({ url: '/bill.pdf' })].map(failureOf)
    await until(() => gates.every((gate) => gate.waiting() === 1))
    device.background()
    clock.advance(GRACE)
    for (const failure of await Promise.all(failures)) expect(failure).toMatchObject({ code: 'NETWORK', message: expect.stringMatching(/:fail interrupted$/) as string, retryable: true })
    device.foreground()
    await settle()
    expect(gates.map((gate) => gate.waiting())).toEqual([1, 1, 1])
    for (const gate of gates) gate.release()
  })

  it('55: a GET that is interrupted twice is sent no third time', async () => {
    const { client, backend, device } = await openPhone()
    await client.login()
    device.fault({ api: 'request', kind: 'fail', reason: 'interrupted', times: 2 })
    expect(await failureOf(client.get('/orders'))).toMatchObject({ code: 'NETWORK', message: 'request:fail interrupted' })
    expect(backend.to('/orders')).toHaveLength(0)
  })

  it('55: aborted while it waits in the background it is never sent', async () => {
    const { client, backend, device, clock } = await openPhone()
    await client.get('/warm')
    device.background()
    clock.advance(GRACE)
    const answer = client.get('/orders')
    await settle()
    answer.abort()
    expect((await failureOf(answer)).code).toBe('ABORTED')
    device.foreground()
    await settle()
    expect(backend.to('/orders')).toHaveLength(0)
  })
})
