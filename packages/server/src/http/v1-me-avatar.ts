import { LARGEST_PICTURE_BYTES } from '../auth.js'
import { bearerOf } from './bearer.js'
import type { Endpoint } from './endpoint.js'
import { readFile } from './multipart.js'
import { enterUpload } from './uploads.js'

/** `POST /v1/me/avatar` */
export const postAvatar: Endpoint = async (call, auth) => {
  const session = await auth.verify(bearerOf(call))
  const leave = enterUpload(auth, session.uid)
  try {
    return { status: 200, json: await auth.saveAvatar(session, await readFile(call, LARGEST_PICTURE_BYTES)) }
  } finally {
    leave()
  }
}
