import type { FaultRule } from '../fault-rule.js'
import { maskBody } from '../masking.js'
import type { Settle, WxCallbacks, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'
import type { DeviceFile } from './files.js'
import { createListeners } from './listeners.js'
import { carry, headersOf, startTask, urlOf } from './network-task.js'
import type { HeadersReceived } from './request.js'
import { asText } from './request-body.js'

/** Options of wx.uploadFile. */
export interface UploadFileOptions extends WxCallbacks<UploadFileResult> {
  url: string
  /** Path of a file on the phone, as chooseAvatar, downloadFile or `device.keepFile` give it. */
  filePath: string
  /** Name of the form's field that holds the file. */
  name: string
  /** More fields of the form. */
  formData?: object | undefined
  /** `Referer` and the content type cannot be set. */
  header?: object | undefined
  /** ms. Default: 60 000. */
  timeout?: number | undefined
}

/** What wx.uploadFile gives for any HTTP status. */
export interface UploadFileResult extends WxResult {
  /** Always text, JSON too. */
  readonly data: string
  readonly statusCode: number
}

/** How far an upload is; the numbers count bytes of the whole body. */
export interface UploadProgress {
  /** Per cent. */
  readonly progress: number
  readonly totalBytesSent: number
  readonly totalBytesExpectedToSend: number
}

/** What wx.uploadFile returns: never a promise. */
export interface UploadTask {
  abort(): void
  onHeadersReceived(listener: (result: HeadersReceived) => void): void
  offHeadersReceived(listener?: (result: HeadersReceived) => void): void
  onProgressUpdate(listener: (result: UploadProgress) => void): void
  offProgressUpdate(listener?: (result: UploadProgress) => void): void
}

/** wx.uploadFile. */
export interface UploadFileApis {
  uploadFile(options: UploadFileOptions): UploadTask
}

type Answer = Omit<UploadFileResult, 'errMsg'>

interface Events {
  readonly headers: (head: HeadersReceived) => void
  readonly progress: (progress: UploadProgress) => void
}

/** uploadFile of one device: multipart/form-data, POST, in the queue of the requests. */
export function createUploadFile(device: DeviceContext): UploadFileApis {
  return {
    uploadFile(options) {
      const headers = createListeners<HeadersReceived>()
      const progress = createListeners<UploadProgress>()
      const settle = startTask<Answer>('uploadFile', options, device, (settle, fault) => send(options, device, { headers: headers.tell, progress: progress.tell }, settle, fault))
      return {
        abort: () => settle.fail('abort'),
        onHeadersReceived: headers.on, offHeadersReceived: headers.off,
        onProgressUpdate: progress.on, offProgressUpdate: progress.off,
      }
    },
  }
}

function send(options: UploadFileOptions, device: DeviceContext, events: Events, settle: Settle<Answer>, fault: FaultRule | undefined): () => void {
  const { filePath, name, formData = {} } = options
  const url = urlOf(options.url)
  if (typeof name !== 'string' || name === '') throw new TypeError('parameter.name should be a non-empty String')
  const file = device.memory.files.get(filePath)
  if (file === undefined) {
    settle.fail('file not found')
    return () => undefined
  }
  const boundary = `----tongxing${device.wechat.random.bytes(12).toString('hex')}`
  const body = encodeMultipart(boundary, formData, { name, fileName: filePath.split('/').at(-1) ?? '', file })
  const headers = { ...headersOf(options.header, {}, device), 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(body.length) }
  const outgoing = { url, method: 'POST', headers, body, redirect: 'follow', domains: device.domains.upload } as const
  return carry({ outgoing, shown: { ...formData, [name]: `(${file.bytes.length} bytes)` }, settle, fault }, device, {
    head: events.headers,
    sent: (bytes, total) => events.progress({ progress: Math.floor(bytes * 100 / total), totalBytesSent: bytes, totalBytesExpectedToSend: total }),
    done({ statusCode }, bytes) {
      const data = bytes.toString('utf8')
      settle.ok({ statusCode, data })
      return maskBody(data)
    },
  })
}

function encodeMultipart(boundary: string, formData: object, { name, fileName, file }: { name: string, fileName: string, file: DeviceFile }): Buffer {
  const fields = Object.entries(formData).map(([key, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${quote(key)}"\r\n\r\n${asText(value)}\r\n`)
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"; filename="${quote(fileName)}"\r\nContent-Type: ${file.type}\r\n\r\n`
  return Buffer.concat([Buffer.from(fields.join('') + head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
}

// As the HTML standard has it: these three would end the name.
const quote = (text: string): string => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
