import { checkQuotas } from '../quotas.js'
import type { Quotas } from '../quotas.js'
import type { Wechat } from '../wechat.js'
import { ControlError, required } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/limits` `{appid, ipWhitelist?, quotas?}`: who may get an app's access_token, and how often it may call. `null` lifts them. */
export function setLimits(fields: Fields, { state }: Wechat): unknown {
  const appid = required(fields, 'appid', 'string')
  const app = state.findApp(appid)
  if (app === undefined) throw new ControlError(404, `there is no app ${JSON.stringify(appid)}`)
  const { ipWhitelist = app.ipWhitelist, quotas = app.quotas ?? {} } = fields
  if (ipWhitelist !== null && ipWhitelist !== undefined && !isTexts(ipWhitelist)) throw new ControlError(400, '"ipWhitelist" must be a list of addresses, or null')
  app.quotas = readQuotas(quotas ?? {})
  app.ipWhitelist = ipWhitelist ?? null
  state.touch()
  return { appid, ipWhitelist: app.ipWhitelist, quotas: app.quotas }
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')

function readQuotas(value: unknown): Quotas {
  const isQuota = (item: unknown) => typeof item === 'object' && item !== null && Object.entries(item).every(([name, count]) => (name === 'day' || name === 'minute') && typeof count === 'number')
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.values(value).every(isQuota)) throw new ControlError(400, '"quotas" must look like {"/wxa/msg_sec_check": {"day": 100, "minute": 10}}')
  checkQuotas(value as Quotas)
  return value as Quotas
}
