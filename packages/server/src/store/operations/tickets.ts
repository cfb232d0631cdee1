/** A ticket for a web-view: one use. */
export interface TicketRecord {
  readonly uid: string
  readonly appid: string
  readonly sessionId: string
}

/** One-time hand-overs to a web-view. */
export interface TicketStore {
  /** Keeps a ticket by its hash. False when there is no such user. */
  saveTicket(hash: string, ticket: TicketRecord, expiresAt: number): Promise<boolean>
  /** Uses a ticket up: exactly one caller gets it, whatever the race; null when it is unknown, used, or over at `now`. */
  useTicket(hash: string, now: number): Promise<TicketRecord | null>
}
