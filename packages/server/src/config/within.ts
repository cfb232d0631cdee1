/** The value, and a problem when it is not an integer of the range. */
export function within(name: string, value: number, least: number, most: number, problems: string[]): number {
  if (!Number.isInteger(value) || value < least || value > most) problems.push(`"${name}" must be an integer from ${least} to ${most}`)
  return value
}
