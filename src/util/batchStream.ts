// Data that come in batches, one after the other.

/** Batches, made anew by each iteration where it can be iterated again: `[x, y]`, `[x, y, sampleWeight]`, or an array, as their reader takes them. */
export type BatchStream = Iterable<unknown> | AsyncIterable<unknown>

/** Whether data are a stream of batches, and not arrays. */
export function isBatchStream(data: unknown): data is BatchStream {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || ArrayBuffer.isView(data))
    return false
  return Symbol.asyncIterator in data || Symbol.iterator in data
}
