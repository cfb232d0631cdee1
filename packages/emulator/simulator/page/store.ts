import { computed, reactive, ref, shallowRef } from 'vue'
import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type { TrafficStep } from '#emulator'
import { PREFIX } from '../wire/messages.js'
import type { PhoneState, SimulatorState, StorageEntry } from '../wire/state.js'

/** Steps that the page keeps. */
const MOST_STEPS = 2000

/** What the simulator said last; undefined until it spoke. */
export const simulator: ShallowRef<SimulatorState | undefined> = shallowRef()
export const steps: Ref<readonly TrafficStep[]> = shallowRef([])
/** `epoch` grows when the simulator came back: its phones must be loaded anew. */
export const connection: { online: boolean, epoch: number } = reactive({ online: true, epoch: 0 })
/** Clock of the emulator minus the computer's, in ms. */
export const clockOffset: Ref<number> = ref(0)
export const activeId: Ref<string> = ref('')
export const storage: Ref<readonly StorageEntry[]> = shallowRef([])

/** The phone that the controls act on. */
export const activePhone: ComputedRef<PhoneState | undefined> = computed(() =>
  simulator.value?.phones.find(({ id }) => id === activeId.value) ?? simulator.value?.phones[0])

/** Starts listening; once. */
export function listen(): void {
  const source = new EventSource(`${PREFIX}/events`)
  source.addEventListener('open', () => {
    if (!connection.online) connection.epoch++
    connection.online = true
  })
  source.addEventListener('error', () => { connection.online = false })
  source.addEventListener('state', ({ data }: MessageEvent<string>) => { takeState(JSON.parse(data) as SimulatorState) })
  source.addEventListener('steps', ({ data }: MessageEvent<string>) => { steps.value = JSON.parse(data) as TrafficStep[] })
  source.addEventListener('step', ({ data }: MessageEvent<string>) => { takeStep(JSON.parse(data) as TrafficStep) })
}

function takeState(state: SimulatorState): void {
  simulator.value = state
  clockOffset.value = state.now - Date.now()
  void readStorage()
}

function takeStep(step: TrafficStep): void {
  const kept = steps.value.length >= MOST_STEPS ? steps.value.slice(-MOST_STEPS / 2) : steps.value
  steps.value = [...kept, step]
  if (step.kind === 'local' && /storage$/i.test(step.name)) void readStorage()
}

async function readStorage(): Promise<void> {
  const phone = activePhone.value
  if (phone === undefined) return
  const response = await fetch(`${PREFIX}/phones/${phone.id}/storage`)
  const entries = await response.json() as readonly StorageEntry[]
  if (response.ok && phone.id === activePhone.value?.id) storage.value = entries
}

/** The controls act on this phone from now on. */
export function choose(id: string): void {
  activeId.value = id
  void readStorage()
}

/** Asks the simulator for something. Throws Error with its words when it refuses. */
export async function command(name: string, fields: object = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${PREFIX}/do/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) })
  const answer = await response.json() as Record<string, unknown>
  if (!response.ok) throw new Error(String(answer['error']))
  return answer
}

/** Forgets the steps, here and at the emulator. */
export async function clearSteps(): Promise<void> {
  await command('clear-traffic')
  steps.value = []
}
