import { defineConfig } from 'vitest/config'

/** What is waited for in steps is waited for: one second, the default, is a bound on the machine and not on the code. */
const waiting = { expect: { poll: { timeout: 20_000 } }, testTimeout: 30_000, hookTimeout: 30_000 }

export default defineConfig({
  test: {
    // Every core: vitest leaves one free, which on two cores doubles the time.
    maxWorkers: '100%',
    // Not isolated: modules are loaded once a worker and not once a file, a third of the whole time. What a module keeps outlives a file.
    projects: [
      { test: { name: 'unit', ...waiting, isolate: false, include: ['packages/*/src/**/*.test.ts', 'packages/*/runtime/**/*.test.ts', 'packages/*/simulator/**/*.test.ts', 'packages/*/check/**/*.test.ts'] } },
      { test: { name: 'flows', ...waiting, isolate: false, include: ['test/**/*.test.ts'] } },
    ],
  },
})
