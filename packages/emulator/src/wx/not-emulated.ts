/** How a call of what the emulator lacks ends. */
export const NOT_EMULATED = 'not emulated by @tongxing/emulator'

/** Stands for an object of `wx` that is not emulated: whoever reads a member of it is told. */
export function notEmulatedObject(name: string): object {
  return new Proxy({}, {
    get(_, member) {
      // What prints or compares it asks for symbols.
      if (typeof member === 'symbol') return undefined
      throw new Error(`${name}.${member}:fail ${NOT_EMULATED}`)
    },
  })
}
