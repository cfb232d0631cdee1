// How values of wx calls travel as JSON: what JSON would lose (Date, bytes, undefined, …) is marked with "$".

type Mark = { $: 'date' | 'bytes' | 'map' | 'bigint', v: unknown } | { $: 'undefined' | 'function' | 'cycle' }

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
const fromBase64 = (text: string): ArrayBuffer => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer

/** A value as it can be put into JSON. */
export function pack(value: unknown, around: readonly object[] = []): unknown {
  if (value === undefined) return { $: 'undefined' }
  if (typeof value === 'function' || typeof value === 'symbol') return { $: 'function' }
  if (typeof value === 'bigint') return { $: 'bigint', v: String(value) }
  return typeof value === 'object' && value !== null ? packObject(value, around) : value
}

function packObject(value: object, around: readonly object[]): unknown {
  if (around.includes(value)) return { $: 'cycle' }
  const inside = [...around, value]
  if (Array.isArray(value)) return value.map((item) => pack(item, inside))
  // By its tag: a Date of another window is no instance of ours.
  const tag = Object.prototype.toString.call(value)
  if (tag === '[object Date]') return { $: 'date', v: (value as Date).getTime() }
  if (tag === '[object ArrayBuffer]') return { $: 'bytes', v: toBase64(new Uint8Array(value as ArrayBuffer)) }
  const packed = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item, inside)]))
  return '$' in packed ? { $: 'map', v: packed } : packed
}

/** What pack() was given; a cycle becomes an object that holds itself. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(unpack)
  if ('$' in value) return unpackMark(value as Mark)
  return unpackMembers(value)
}

const unpackMembers = (value: object): unknown => Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]))

function unpackMark(mark: Mark): unknown {
  switch (mark.$) {
    case 'undefined': return undefined
    case 'function': return () => undefined
    case 'date': return new Date(mark.v as number)
    case 'bytes': return fromBase64(mark.v as string)
    case 'bigint': return BigInt(mark.v as string)
    case 'map': return unpackMembers(mark.v as object)
    case 'cycle': return selfHolding()
  }
}

function selfHolding(): object {
  const self: Record<string, unknown> = {}
  self.self = self
  return self
}
