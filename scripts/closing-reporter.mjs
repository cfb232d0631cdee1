// A vitest reporter that closes with what did not run, why, and one plain line of counts.

export function closingReporter() {
  return {
    onTestRunEnd(modules, errors) {
      const counts = { passed: 0, failed: errors.length, skipped: 0 }
      const reasons = new Map()
      for (const module of modules) {
        if (module.state() === 'failed' && [...module.children.allTests()].length === 0) counts.failed++
        for (const test of module.children.allTests()) {
          const { state, note } = test.result()
          counts[state === 'passed' ? 'passed' : state === 'failed' ? 'failed' : 'skipped']++
          if (state === 'skipped') reasons.set(note ?? 'no reason given', [...reasons.get(note ?? 'no reason given') ?? [], `${module.relativeModuleId} > ${test.fullName}`])
        }
      }
      process.stdout.write(`\n${notRun(reasons)}\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
    },
  }
}

function notRun(reasons) {
  if (reasons.size === 0) return 'Everything ran: nothing was left out on this machine.'
  const lines = ['Not run on this machine:']
  for (const [reason, tests] of reasons) lines.push(`  ${tests.length} × ${reason}`, ...tests.map((name) => `      ${name}`))
  return lines.join('\n')
}
