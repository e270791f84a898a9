// Waiting that ends when a signal aborts it.

/**
 * What a promise gives, unless a signal is aborted before.
 *
 * @throws the signal's reason, by default a DOMException of the name AbortError.
 */
export async function unlessAborted<T>(promise: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signals.find((signal) => signal.aborted)?.reason)
  })
  aborted.catch(() => undefined)
  for (const signal of signals) signal.addEventListener('abort', stop)
  if (signals.some((signal) => signal.aborted)) stop()
  try {
    return await Promise.race([aborted, promise])
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop)
    promise.catch(() => undefined)
  }
}
