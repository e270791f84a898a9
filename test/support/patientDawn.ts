/**
 * Dawn for Node asks the driver whether work is done in every turn of the event loop, for as long as a promise of its is pending:
 * a core that is busy and does nothing, while a software adapter compiles or computes on the others. With this module loaded
 * it asks for a fifth of a millisecond, which is enough for what takes no time, and after that once a millisecond.
 */

/** Milliseconds in which Dawn asks in every turn. */
const ASKING = 0.2

const immediate = globalThis.setImmediate
/** When Dawn began to wait for what it asks for now. */
let since = 0
/** Whether Dawn asks just now. What it puts off meanwhile is the next question about what is still pending. */
let isAsking = false

/** Whether it is native code, as Dawn's is, and what Node itself calls is not. */
const isNative = (callback: unknown): boolean => /\[native code\]/.test(String(callback))

function patiently(callback: () => void, ...rest: []): unknown {
  if (!isNative(callback)) return immediate(callback, ...rest)
  const now = performance.now()
  if (!isAsking) since = now
  const ask = (): void => {
    isAsking = true
    try {
      callback()
    } finally {
      isAsking = false
    }
  }
  return now - since > ASKING ? setTimeout(ask, 1) : immediate(ask)
}

// Dawn reads it from the global object each time.
globalThis.setImmediate = Object.assign(patiently, immediate) as typeof setImmediate
