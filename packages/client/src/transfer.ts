import type { Method, WxDownloadResponse, WxResponse, WxUploadResponse } from './wx.js'

/** What requests, uploads and downloads have in common. */
export interface TransferOptions<R> {
  /** A path below `baseURL`, or an address that begins with it. Other addresses only with `auth: 'none'`. */
  readonly url: string
  readonly header?: Readonly<Record<string, string>>
  /** ms; finite. Default: the client's `timeout.request`. */
  readonly timeout?: number
  /**
   * `required` (default): waits for a login and signs. `optional`: signs when there is a session, and never starts a login; when the
   * session turns out dead, the request goes once more without it. `none`: neither waits nor signs.
   */
  readonly auth?: 'required' | 'optional' | 'none'
  /** False: never sent twice. A 401 then rejects with a retryable `SESSION_REJECTED`, and the next request logs in. Default: true. */
  readonly replay?: boolean
  /** Gets wx's task each time the request is sent, for chunks, headers and progress. */
  readonly onTask?: (task: unknown) => void
  readonly success?: (response: R) => void
  readonly fail?: (error: unknown) => void
  readonly complete?: (result: unknown) => void
}

/** Options of a request: wx.request's own (others than these are passed on untouched), and ours. */
export interface RequestOptions<T = unknown> extends TransferOptions<WxResponse<T>> {
  readonly method?: Method
  readonly data?: string | object | ArrayBuffer
  readonly dataType?: string
  readonly responseType?: 'text' | 'arraybuffer'
  readonly enableChunked?: boolean
}

/** Options of an upload: wx.uploadFile's own, and ours. */
export interface UploadOptions extends TransferOptions<WxUploadResponse> {
  /** The local file, for example what the avatar picker gave. */
  readonly filePath: string
  /** Name of the form's field. Default: `file`. */
  readonly name?: string
  readonly formData?: Readonly<Record<string, unknown>>
}

/** Options of a download: wx.downloadFile's own, and ours. */
export interface DownloadOptions extends TransferOptions<WxDownloadResponse> {
  /** Where to put the file. Default: a temporary file. */
  readonly filePath?: string
}

/** The answer to come; `abort()` rejects it with `ABORTED` and leaves a login that others share alone. */
export type Abortable<R> = Promise<R> & { abort(): void }

/** The answer to a request. */
export type RequestPromise<T> = Abortable<WxResponse<T>>

/** `client.request`. */
export type Request = <T = unknown>(options: RequestOptions<T>) => RequestPromise<T>

/** `client.upload`. */
export type Upload = (options: UploadOptions) => Abortable<WxUploadResponse>

/** `client.download`. */
export type Download = (options: DownloadOptions) => Abortable<WxDownloadResponse>

/** Requests, uploads and downloads: they share wx's slots, and the care for the session. */
export interface Transport {
  readonly request: Request
  readonly upload: Upload
  readonly download: Download
}
