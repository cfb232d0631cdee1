import type { Endpoint } from './endpoint.js'

const TYPES = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp', gif: 'image/gif' }

/**
 * `GET /v1/avatars/{id}`: without a session, for a picture tag sends none; the id is not to be guessed. A picture of an id never changes,
 * but it may be erased: caches forget it after a day.
 */
export const getAvatar: Endpoint = async (_call, auth, { id = '' }) => {
  const { type, bytes } = await auth.avatars.open(id)
  return {
    status: 200,
    bytes,
    headers: {
      'content-type': TYPES[type],
      'content-disposition': `inline; filename="avatar.${type}"`,
      'content-security-policy': 'default-src \'none\'; sandbox',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=86400, immutable',
    },
  }
}
