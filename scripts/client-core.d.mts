export const BUDGET: { readonly core: number, readonly all: number }
export const CORE: string
