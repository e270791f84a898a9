/**
 * Dawn for Node asks the driver whether work is done in every turn of the event loop, for as long as a promise of its is pending:
 * a core that is busy and does nothing, while a software adapter compiles or computes on the others. With this module loaded
 * it asks for a fifth of a millisecond, sleeps for one, and so on.
 */

/** Milliseconds between two sleeps. */
const ASKING = 0.2

const immediate = globalThis.setImmediate
let since = 0

/** Whether it is native code, as Dawn's is, and what Node itself calls is not. */
const isNative = (callback: unknown): boolean => /\[native code\]/.test(String(callback))

function patiently(callback: () => void, ...rest: []): unknown {
  if (!isNative(callback)) return immediate(callback, ...rest)
  const now = performance.now()
  if (now - since > ASKING) {
    since = now + 1
    return setTimeout(callback, 1)
  }
  return immediate(callback)
}

// Dawn reads it from the global object each time.
globalThis.setImmediate = Object.assign(patiently, immediate) as typeof setImmediate
