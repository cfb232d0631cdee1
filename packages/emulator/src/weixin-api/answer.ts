import { ERROR_TEXTS } from '../envelope.js'

/** A refusal: an errcode and its text. */
export interface Refusal {
  readonly errcode: number
  readonly text: string
}

/** Either a refusal, or the body of a success. */
export type ApiAnswer = Refusal | { readonly body: object }

/** The refusal with an errcode, in WeChat's words. */
export function refuse(errcode: number, text: string = ERROR_TEXTS[errcode] ?? 'system error'): Refusal {
  return { errcode, text }
}

/** A success that says so, as most of `/wxa/*` does. */
export function ok(members: object = {}): ApiAnswer {
  return { body: { errcode: 0, errmsg: 'ok', ...members } }
}
