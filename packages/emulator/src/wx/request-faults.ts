import { replacement, replacesAnswer, spoil } from '../fault-answer.js'
import type { FaultRule } from '../fault-rule.js'
import { CONNECTION_RESET, transfer } from './request-transfer.js'
import type { AnswerHead, Outgoing, TransferDevice, TransferEvents } from './request-transfer.js'

// Kept from load time: a test that fakes the global timers must not stop the emulator.
const [soon, cancel] = [globalThis.setImmediate, globalThis.clearImmediate]

/** As transfer(), with what a rule does to the network between phone and server. */
export function transferFaulty(outgoing: Outgoing, device: TransferDevice, events: TransferEvents, fault: FaultRule | undefined): () => void {
  if (fault === undefined) return transfer(outgoing, device, events)
  const replaces = replacesAnswer(fault)
  if (replaces && fault.after !== true) {
    // Later, as any answer: the caller has its task by then.
    const timer = soon(() => answerItself(fault, events))
    return () => { cancel(timer) }
  }
  return transfer(outgoing, device, {
    // Of a spoilt answer the head and the whole come together.
    headers: () => undefined,
    chunk: () => undefined,
    sent: events.sent,
    failed: events.failed,
    done(head, body) {
      if (replaces) answerItself(fault, events)
      else give(events, head, spoil(fault, { status: head.statusCode ?? 0, type: '', body }).body)
    },
  })
}

function answerItself(fault: FaultRule, events: TransferEvents): void {
  if (fault.drop === true) return events.failed(CONNECTION_RESET, 600001)
  const { status, type, body } = replacement(fault, 'application/json; charset=utf-8', '')
  give(events, { statusCode: status, rawHeaders: ['Content-Type', type, 'Content-Length', String(body.length)], headers: {} }, body)
}

function give(events: TransferEvents, head: AnswerHead, body: Buffer): void {
  events.headers(head)
  events.chunk(body, head)
  events.done(head, body)
}
