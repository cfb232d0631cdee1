import type { LoginRequest } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'
import { refuseTokenInUrl } from './bearer.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoint.js'

/** `POST /v1/login` */
export const postLogin: Endpoint = async (call, auth) => {
  refuseTokenInUrl(call)
  return { status: 200, json: await auth.login(await readBody(call, { schema })) }
}

const LARGEST_EXTRA = 1024

// What DevTools hands out for a test AppID, and what a page sends that put an undefined into a string.
const NO_CODES: ReadonlySet<string> = new Set(['undefined', 'null', 'the code is a mock one'])

/** The body. */
export const schema: ZodType<LoginRequest> = z.object({
  appid: z.string().min(1).max(64),
  code: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/).refine((code) => !NO_CODES.has(code)),
  device: z.string().max(64).optional(),
  phoneCode: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/).optional(),
  extra: z.record(z.string(), z.unknown()).refine((extra) => JSON.stringify(extra).length <= LARGEST_EXTRA).optional(),
}).transform(({ device, phoneCode, extra, ...login }) => ({ ...login, ...(phoneCode !== undefined && { phoneCode }), ...(device !== undefined && { device }), ...(extra !== undefined && { extra }) }))
