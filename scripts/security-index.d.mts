export type Named = [file: string, title: string]
export function titlesById(): Map<string, Named[]>
export function rowsOf(text: string): { id: string, promise: string, proof: string }[]
export function nameOf(test: Named): string
