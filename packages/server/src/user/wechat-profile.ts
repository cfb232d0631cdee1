import type { Profile } from '@tongxing/protocol'
import { cleanNickname, isPlaceholder } from './nickname.js'

const LONGEST_URL = 1024

/**
 * Reads the profile out of what WeChat signed (the JSON of rawData).
 * `'unreadable'` when it is not a user info; null for WeChat's placeholder, which is no profile and must never be stored as one.
 */
export function readWechatProfile(rawData: string, now: number): Profile | null | 'unreadable' {
  const info = parseObject(rawData)
  if (!info || typeof info.nickName !== 'string') return 'unreadable'
  const nickname = cleanNickname(info.nickName)
  if (nickname !== null && isPlaceholder(nickname)) return null
  const avatarUrl = typeof info.avatarUrl === 'string' ? webUrl(info.avatarUrl) : null
  return nickname === null && avatarUrl === null ? null : { nickname, avatarUrl, source: 'wechat', updatedAt: now }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null
  } catch {
    return null // text that is no JSON is the answer "not a user info"
  }
}

// Shown as a picture elsewhere, so nothing but the web: no javascript:, no data:.
function webUrl(text: string): string | null {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return null
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
}
