export const name: string
