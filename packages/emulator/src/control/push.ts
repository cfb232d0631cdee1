import type { PushConfig } from '../push/config.js'
import type { Wechat } from '../wechat.js'
import { ControlError, optional, required, requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/push` `{appid, person, event, revokeInfo?, fields?}`: WeChat tells the app's back end of that event. */
export async function push(fields: Fields, { state, push: pushing }: Wechat): Promise<unknown> {
  const user = requiredUser(fields, state)
  const revokeInfo = optional(fields, 'revokeInfo', 'string')
  const more = fields['fields'] ?? {}
  if (typeof more !== 'object' || Array.isArray(more)) throw new ControlError(400, '"fields" must be an object, the further members of the event')
  return pushing.event({ ...user, event: required(fields, 'event', 'string'), ...revokeInfo !== undefined && { revokeInfo }, fields: more as Record<string, unknown> })
}

/** `POST /_emulator/push/config` `{appid, url, token, mode?, format?, encodingAESKey?}`: as in WeChat's console, kept only if the address answers echostr. */
export async function configurePush(fields: Fields, { state, push: pushing }: Wechat): Promise<unknown> {
  const appid = required(fields, 'appid', 'string')
  const app = state.findApp(appid)
  if (app === undefined) throw new ControlError(404, `there is no app ${JSON.stringify(appid)}`)
  const encodingAESKey = optional(fields, 'encodingAESKey', 'string')
  // What is not one of the known words is refused by the check below.
  const config = {
    url: required(fields, 'url', 'string'),
    token: required(fields, 'token', 'string'),
    mode: optional(fields, 'mode', 'string') ?? 'plain',
    format: optional(fields, 'format', 'string') ?? 'json',
    ...encodingAESKey !== undefined && { encodingAESKey },
  } as PushConfig
  const report = await pushing.checkUrl(appid, config)
  if (!report.ok) throw new ControlError(400, `${config.url} did not answer echostr as it stands: ${report.failure ?? `status ${report.status}, body ${JSON.stringify(report.body?.slice(0, 100))}`}`)
  app.push = config
  state.touch()
  return { ok: true }
}
