/** Makes the phone's Date tell the emulator's time. Returns how to set the offset, in ms. */
export function setPhoneClock(offset: number): (offset: number) => void {
  const Real = globalThis.Date
  let ahead = offset
  const now = (): number => Real.now() + ahead
  globalThis.Date = new Proxy(Real, {
    construct: (target, args: unknown[], as) => Reflect.construct(target, args.length === 0 ? [now()] : args, as) as object,
    apply: () => new Real(now()).toString(),
    get: (target, name, receiver) => name === 'now' ? now : Reflect.get(target, name, receiver) as unknown,
  })
  return (moved) => { ahead = moved }
}
