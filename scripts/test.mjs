// Runs every test this machine can run, installs nothing, and ends with what was not run and why.
import { startVitest } from 'vitest/node'
import { closingReporter } from './closing-reporter.mjs'

const filters = process.argv.slice(2)
const vitest = await startVitest('test', filters, { run: true, reporters: [process.env.CI ? 'dot' : 'default', closingReporter()] })
await vitest?.close()
