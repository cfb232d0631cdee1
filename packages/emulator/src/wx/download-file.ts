import type { FaultRule } from '../fault-rule.js'
import type { Settle, WxCallbacks, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { keepTemporaryFile } from './files.js'
import { createListeners } from './listeners.js'
import { carry, headersOf, startTask, urlOf } from './network-task.js'
import type { HeadersReceived } from './request.js'

/** Options of wx.downloadFile. */
export interface DownloadFileOptions extends WxCallbacks<DownloadFileResult> {
  url: string
  /** Where to keep the file. Default: a temporary path. */
  filePath?: string | undefined
  /** `Referer` cannot be set. */
  header?: object | undefined
  /** ms. Default: 60 000. */
  timeout?: number | undefined
}

/** What wx.downloadFile gives for any HTTP status: an error page is a file too. */
export interface DownloadFileResult extends WxResult {
  readonly statusCode: number
  /** Unless a path was given. */
  readonly tempFilePath?: string
  /** The path that was given. */
  readonly filePath?: string
}

/** How far a download is. */
export interface DownloadProgress {
  /** Per cent; 0 while the server does not tell the length. */
  readonly progress: number
  readonly totalBytesWritten: number
  /** 0 when the server does not tell. */
  readonly totalBytesExpectedToWrite: number
}

/** What wx.downloadFile returns: never a promise. */
export interface DownloadTask {
  abort(): void
  onHeadersReceived(listener: (result: HeadersReceived) => void): void
  offHeadersReceived(listener?: (result: HeadersReceived) => void): void
  onProgressUpdate(listener: (result: DownloadProgress) => void): void
  offProgressUpdate(listener?: (result: DownloadProgress) => void): void
}

/** wx.downloadFile. */
export interface DownloadFileApis {
  downloadFile(options: DownloadFileOptions): DownloadTask
}

type Answer = Omit<DownloadFileResult, 'errMsg'>

interface Events {
  readonly headers: (head: HeadersReceived) => void
  readonly progress: (progress: DownloadProgress) => void
}

/** Bytes of a file. */
const LARGEST = 200 * 1024 * 1024

/** downloadFile of one device: GET, in the queue of the requests. */
export function createDownloadFile(device: DeviceContext): DownloadFileApis {
  return {
    downloadFile(options) {
      const headers = createListeners<HeadersReceived>()
      const progress = createListeners<DownloadProgress>()
      const settle = startTask<Answer>('downloadFile', options, device, (settle, fault) => fetchFile(options, device, { headers: headers.tell, progress: progress.tell }, settle, fault))
      return {
        abort: () => settle.fail('abort'),
        onHeadersReceived: headers.on, offHeadersReceived: headers.off,
        onProgressUpdate: progress.on, offProgressUpdate: progress.off,
      }
    },
  }
}

function fetchFile(options: DownloadFileOptions, device: DeviceContext, events: Events, settle: Settle<Answer>, fault: FaultRule | undefined): () => void {
  const url = urlOf(options.url)
  let written = 0
  const outgoing = { url, method: 'GET', headers: headersOf(options.header, {}, device), body: undefined, redirect: 'follow', domains: device.domains.download } as const
  return carry({ outgoing, shown: undefined, settle, fault }, device, {
    head: events.headers,
    chunk(bytes, total) {
      written += bytes.length
      if (Math.max(written, total) > LARGEST) settle.fail('exceed max file size')
      else events.progress({ progress: total === 0 ? 0 : Math.floor(written * 100 / total), totalBytesWritten: written, totalBytesExpectedToWrite: total })
    },
    done({ statusCode, header }, bytes) {
      const type = Object.entries(header).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'application/octet-stream'
      settle.ok({ statusCode, ...keep(options.filePath, { type, bytes }, device) })
      return `(${bytes.length} bytes)`
    },
  })
}

function keep(filePath: unknown, file: { type: string, bytes: Buffer }, { memory: { files }, wechat: { random } }: DeviceContext): { filePath: string } | { tempFilePath: string } {
  if (typeof filePath !== 'string' || filePath === '') return { tempFilePath: keepTemporaryFile(files, file, random) }
  files.set(filePath, file)
  return { filePath }
}
