const two = (number) => (number < 10 ? `0${number}` : `${number}`)

/** 11-25 08:30 */
function formatDay(ms) {
  const date = new Date(ms)
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** 08:30:05 */
function formatClock(ms) {
  const date = new Date(ms)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

module.exports = { formatDay, formatClock }
