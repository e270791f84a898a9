// One turn of the event loop, so that a page stays responsive while the CPU trains. A message is used where there is
// one: timers are clamped to 4 ms in pages.

/** Resolves after other events had their turn. */
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
