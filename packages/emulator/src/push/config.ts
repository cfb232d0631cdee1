/** Where and how WeChat pushes events of an app to its back end; the console's 消息推送. */
export interface PushConfig {
  /** The back end's address, http or https. */
  readonly url: string
  /** What `signature` is made with: 3 to 32 letters and digits. */
  readonly token: string
  /** 43 characters; needed in the modes `safe` and `compatible`. */
  readonly encodingAESKey?: string
  /** `plain`: the event as it is; `safe`: encrypted only; `compatible`: both in one body. */
  readonly mode: 'plain' | 'compatible' | 'safe'
  readonly format: 'json' | 'xml'
  /** How often an event is sent before WeChat gives up. Default: 3. */
  readonly tries?: number
  /** ms that the back end has for its answer. Default: 5000. */
  readonly timeoutMs?: number
}

/** Throws TypeError that tells all that is wrong with it. */
export function checkPushConfig({ url, token, encodingAESKey, mode, format, tries = 3, timeoutMs = 5000 }: PushConfig): void {
  const problems: string[] = []
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) problems.push('"url" must be an http or https address')
  if (!/^[A-Za-z0-9]{3,32}$/.test(token)) problems.push('"token" must be 3 to 32 letters and digits')
  if (!['plain', 'compatible', 'safe'].includes(mode)) problems.push('"mode" must be plain, compatible or safe')
  if (!['json', 'xml'].includes(format)) problems.push('"format" must be json or xml')
  if ((encodingAESKey !== undefined || mode !== 'plain') && !/^[A-Za-z0-9]{43}$/.test(encodingAESKey ?? '')) problems.push('"encodingAESKey" must be 43 letters and digits')
  if (!(Number.isInteger(tries) && tries >= 1 && tries <= 10)) problems.push('"tries" must be 1 to 10')
  if (!(timeoutMs >= 1 && timeoutMs <= 600_000)) problems.push('"timeoutMs" must be 1 to 600000 milliseconds')
  if (problems.length > 0) throw new TypeError(`push: ${problems.join('; ')}`)
}
