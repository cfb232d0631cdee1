import { ERROR_TEXTS } from '../envelope.js'

/** Either an errcode with its text, or the body of a success. */
export type ApiAnswer = { readonly errcode: number, readonly text: string } | { readonly body: object }

/** The refusal with an errcode, in WeChat's words. */
export function refuse(errcode: number): ApiAnswer {
  return { errcode, text: ERROR_TEXTS[errcode] ?? 'system error' }
}
