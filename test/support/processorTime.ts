/**
 * Begins to count the milliseconds in which this process computes, which what else the machine does leaves as they are; gives how many
 * they are so far.
 */
export function processorTime(): () => number {
  const start = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }
}
