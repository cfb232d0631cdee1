/** The members of a JSON object; undefined when the text is none. WeChat goes by the body alone, whatever its content type says. */
export function parseMembers(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined
  } catch {
    return undefined // told apart by the caller
  }
}
