import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Every core: vitest leaves one free, which on two cores doubles the time.
    maxWorkers: '100%',
    // What is waited for in steps is waited for: one second, the default, is a bound on the machine and not on the code.
    expect: { poll: { timeout: 20_000 } },
    // Not isolated: modules are loaded once a worker and not once a file, a third of the whole time. What a module keeps outlives a file.
    projects: [
      { test: { name: 'unit', isolate: false, include: ['packages/*/src/**/*.test.ts', 'packages/*/runtime/**/*.test.ts', 'packages/*/simulator/**/*.test.ts', 'packages/*/check/**/*.test.ts'] } },
      { test: { name: 'flows', isolate: false, include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 } },
    ],
  },
})
