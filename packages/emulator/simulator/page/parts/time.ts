import { computed, ref } from 'vue'
import type { ComputedRef } from 'vue'
import { clockOffset } from '../store.js'

const LOOK_MS = 500

const now = ref(Date.now())
setInterval(() => { now.value = Date.now() }, LOOK_MS)

const two = (value: number): string => String(value).padStart(2, '0')

/** The emulator's time, as it goes: `2026-11-25 10:24:31`. */
export const emulatorTime: ComputedRef<string> = computed(() => {
  const date = new Date(now.value + clockOffset.value)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
})
