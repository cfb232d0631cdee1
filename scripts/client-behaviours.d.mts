export function pinned(): Map<number, [file: string, title: string][]>
export function behaviourRows(text: string): string
