/**
 * The outcome of the work, or a rejection with what `late` makes once `ms` have passed. The work itself goes on: what it then does, nobody hears.
 */
export function withinDeadline<Result>(work: Promise<Result>, ms: number, late: () => Error): Promise<Result> {
  let timer: NodeJS.Timeout
  const lateness = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => reject(late()), ms) })
  return Promise.race([work, lateness]).finally(() => clearTimeout(timer))
}
