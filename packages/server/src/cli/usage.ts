/** A command that cannot be carried out as it was typed; its message is all a person needs. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
