// Data that come in batches, one after the other.

/** Batches in a row: `[x, y]`, `[x, y, sampleWeight]`, or an array, as their reader takes them. */
export type Batches<Batch = unknown> = Iterable<Batch> | AsyncIterable<Batch>

/** What no array and no text is: these are data, and no streams of their rows. */
interface NoArray {
  readonly concat?: undefined
}

/**
 * A stream of batches: an iterable, async or not, which each iteration goes through anew if it can; or a function, async or not,
 * that returns one, and is called for each iteration.
 */
export type BatchStream<Batch = unknown> =
  | (Batches<Batch> & NoArray)
  | (() => Batches<Batch> | Promise<Batches<Batch>>)

/** Whether data are a stream of batches, and not arrays. */
export function isBatchStream(data: unknown): data is BatchStream {
  if (typeof data === 'function') return true
  if (typeof data !== 'object' || data === null || Array.isArray(data) || ArrayBuffer.isView(data))
    return false
  return Symbol.asyncIterator in data || Symbol.iterator in data
}
