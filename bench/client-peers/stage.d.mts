/** What became of the requests of one situation. */
export interface Row {
  readonly name: string
  readonly parallel: number
  readonly answered: number
  readonly rejected: number
  readonly hung: number
  readonly logins: number
  readonly requests: number
}

export function measureClient(client: object): Promise<{ readonly gzip: number, readonly trips: readonly (number | null)[], readonly rows: readonly Row[] }>
