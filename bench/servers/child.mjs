// What every compared program does: tell its address, answer how much it used, end on SIGTERM.

export const options = JSON.parse(process.argv[2])

export function ready(url, close) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send({ cpu: user + system, rss: process.memoryUsage.rss() })
  })
  process.once('SIGTERM', async () => {
    await close()
    process.exit(0)
  })
  process.send({ url })
}
