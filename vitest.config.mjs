import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Every core: vitest leaves one free, which on two cores doubles the time.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'packages/*/runtime/**/*.test.ts', 'packages/*/simulator/**/*.test.ts', 'packages/*/check/**/*.test.ts'] } },
      { test: { name: 'flows', include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 } },
    ],
  },
})
