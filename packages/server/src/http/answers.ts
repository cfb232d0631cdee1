import type { EraseReceipt, ExportResponse, IntrospectResponse, LoginResponse, MeResponse, Phone, PhoneResponse, Profile, RedeemResponse, SessionResponse, SessionsResponse, TicketResponse } from '@tongxing/protocol'
import { z } from 'zod'
import type { ZodType } from 'zod'

// The shapes of the answers, for openapi.json; the tests hold real answers against them.
const ms = z.number().int().describe('ms since the epoch')
const seconds = z.number().int().describe('seconds since the epoch')

const profile: ZodType<Profile> = z.object({
  nickname: z.string().nullable(), avatarUrl: z.string().nullable(), source: z.enum(['wechat', 'user']), updatedAt: ms,
})
const phone: ZodType<Phone> = z.object({ masked: z.string().describe('138****8000'), countryCode: z.string(), verifiedAt: ms })
const session = { uid: z.string(), appid: z.string(), sessionId: z.string(), issuedAt: ms, expiresAt: ms }

/** `POST /v1/login` */
export const loginAnswer: ZodType<LoginResponse> = z.object({
  token: z.string().describe('opaque; sent as Authorization: Bearer'), issuedAt: ms, expiresAt: ms,
  user: z.looseObject({ uid: z.string(), isNew: z.boolean(), profile: profile.optional() }),
}) as unknown as ZodType<LoginResponse>

/** `GET /v1/session` */
export const sessionAnswer: ZodType<SessionResponse> = z.object(session)

/** `GET /v1/sessions` */
export const sessionsAnswer: ZodType<SessionsResponse> = z.object({
  sessions: z.array(z.object({ sessionId: z.string(), appid: z.string(), device: z.string().nullable(), issuedAt: ms, expiresAt: ms, current: z.boolean() })),
})

/** `GET /v1/me` and what changes it. */
export const meAnswer: ZodType<MeResponse> = z.object({ uid: z.string(), createdAt: ms, profile: profile.nullable(), phone: phone.nullable() })

const text = z.string()
const maybe = text.nullable()

/** `GET /v1/me/export` */
export const exportAnswer: ZodType<ExportResponse> = z.object({
  exportedAt: ms, uid: text, createdAt: ms, profile: profile.nullable(),
  phone: z.object({ number: text, verifiedAt: ms }).nullable(),
  identities: z.array(z.object({ appid: text, openid: text, unionid: maybe })),
  sessions: z.array(z.object({ sessionId: text, appid: text, device: maybe, issuedAt: ms, expiresAt: ms, endedAt: ms.nullable(), endReason: maybe })),
  consents: z.array(z.object({ purpose: text, version: text, givenAt: ms, withdrawnAt: ms.nullable() })),
  events: z.array(z.object({ at: ms, event: text, appid: maybe, subject: maybe, detail: maybe })),
})

const count = z.number().int()

/** `POST /v1/me/erase` */
export const eraseAnswer: ZodType<EraseReceipt> = z.object({
  id: text, erasedAt: ms, what: z.object({ identities: count, sessions: count, phones: count, consents: count, avatars: count }),
})

/** `POST /v1/me/phone` */
export const phoneAnswer: ZodType<PhoneResponse> = z.object({ phone })

/** `POST /v1/tickets` */
export const ticketAnswer: ZodType<TicketResponse> = z.object({ ticket: z.string(), expiresAt: ms })

/** `POST /v1/tickets/redeem` */
export const redeemAnswer: ZodType<RedeemResponse> = z.object({ uid: z.string(), appid: z.string(), sessionId: z.string() })

/** `POST /v1/introspect` */
export const introspectAnswer: ZodType<IntrospectResponse> = z.union([
  z.object({ active: z.literal(false) }),
  z.looseObject({
    active: z.literal(true), sub: z.string().describe('the uid'), client_id: z.string().describe('the AppID'), exp: seconds, iat: seconds,
    sessionId: z.string(), openid: z.string(), unionid: z.string().nullable(), externalId: z.string().nullable(),
  }),
])

/** Health and readiness. */
export const statusAnswer: ZodType<{ status: string }> = z.object({ status: z.string() })
