// Lets the event loop run once, so that a page stays responsive while the CPU trains. In pages this is a message to itself,
// because timers are clamped to 4 ms there.

/** Resolves after pending events have been handled. */
export function pause(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve))
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
