import type { PhoneState, SimulatorState } from '../../wire/state.js'

/** Whose phone it is, and which of them when the person has several on the page. */
export function nameOfPhone({ id, person }: Pick<PhoneState, 'id' | 'person'>, simulator: SimulatorState | undefined): string {
  const name = simulator?.people.find((one) => one.id === person)?.nickName ?? person
  const own = simulator?.phones.filter((phone) => phone.person === person) ?? []
  return own.length < 2 ? name : `${name} · ${own.findIndex((phone) => phone.id === id) + 1}`
}
