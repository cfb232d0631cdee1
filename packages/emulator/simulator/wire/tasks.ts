/** A function of wx that returns a task at once. */
export interface TaskKind {
  /** Its events, without the `on`. */
  readonly events: readonly string[]
  /** Methods that take options with callbacks. */
  readonly calls: readonly string[]
  /** The event after which nothing comes any more; without one the task ends with the call itself. */
  readonly last?: string
}

/** The functions of wx that return a task. */
export const TASKS: Readonly<Record<string, TaskKind>> = {
  request: { events: ['HeadersReceived', 'ChunkReceived'], calls: [] },
  uploadFile: { events: ['HeadersReceived', 'ProgressUpdate'], calls: [] },
  downloadFile: { events: ['HeadersReceived', 'ProgressUpdate'], calls: [] },
  connectSocket: { events: ['Open', 'Message', 'Error', 'Close'], calls: ['send', 'close'], last: 'Close' },
}
