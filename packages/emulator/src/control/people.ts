import type { Wechat } from '../wechat.js'
import { optional } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/people` `{id?, nickName?, avatarUrl?, phoneNumber?, unionid?, risk?}`: adds a person. */
export function addPerson(fields: Fields, { state }: Wechat): unknown {
  const id = optional(fields, 'id', 'string')
  const nickName = optional(fields, 'nickName', 'string')
  const avatarUrl = optional(fields, 'avatarUrl', 'string')
  const phoneNumber = optional(fields, 'phoneNumber', 'string')
  const unionid = optional(fields, 'unionid', 'string')
  const risk = optional(fields, 'risk', 'boolean')
  const person = state.addPerson({
    ...id !== undefined && { id },
    ...nickName !== undefined && { nickName },
    ...avatarUrl !== undefined && { avatarUrl },
    ...phoneNumber !== undefined && { phoneNumber },
    ...unionid !== undefined && { unionid },
    ...risk !== undefined && { risk },
  })
  return { person }
}
