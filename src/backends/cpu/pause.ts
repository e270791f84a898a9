// Lets the event loop run once, so that a page stays responsive while the CPU trains. In pages this is a message to itself,
// because timers are clamped to 4 ms there. jsdom of Jest has neither messages nor setImmediate.

/** Runs a function after pending events, where setImmediate does that: some runtimes at the edge have one that throws. */
function runsImmediately(run: () => void): boolean {
  try {
    setImmediate(run)
    return true
  } catch {
    return false
  }
}

/** Resolves after pending events have been handled. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function' && runsImmediately(resolve)) return
    if (typeof MessageChannel !== 'function') {
      setTimeout(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
