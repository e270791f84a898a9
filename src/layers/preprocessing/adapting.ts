// The data of `adapt`: arrays, or streams of batches.

import { checkPositiveInteger, describeValue, fail } from '../../errors.ts'
import { type Batches, type BatchStream, isBatchStream } from '../../util/batchStream.ts'
import { nullable, readOptions, type TableFor } from '../../util/options.ts'
import { checkFiniteData, isTensorData, type NestedData, Tensor, toTensor } from '../../util/tensor.ts'

/** Numbers to learn from: an array, a list of tensors, or a stream of batches, each an array or `[x, y]`. */
export type AdaptData = number | NestedData | BatchStream

export interface AdaptOptions {
  /** The most batches of a stream; `null`, the default: all. */
  readonly steps?: number | null
}

const adaptOptions = { steps: nullable(checkPositiveInteger) } as const satisfies TableFor<AdaptOptions>

export const readAdaptOptions = (where: string, options: unknown): { readonly steps: number | null } =>
  readOptions(where, adaptOptions, options)

/** What a batch of a stream has in front of targets, where it is a list of tensors or typed arrays. */
const inputOf = (batch: unknown): unknown => {
  const isPair =
    Array.isArray(batch) &&
    batch.length <= 3 &&
    batch.some((part: unknown) => isTensorData(part) || ArrayBuffer.isView(part))
  return isPair ? (batch as readonly unknown[])[0] : batch
}

/**
 * Hands each batch over, an array as one. What is there at once is done with when the call returns; an async stream is when the
 * promise is fulfilled that is returned then.
 *
 * @param take Takes a batch, and its name in errors.
 * @param finish Is called behind the last batch.
 */
export function eachBatch(
  data: unknown,
  steps: number | null,
  where: string,
  take: (batch: unknown, where: string) => void,
  finish: () => void,
): Promise<void> | null {
  const work = takeBatches(data, steps, where, take)
  if (work) return work.then(finish)
  finish()
  return null
}

function takeBatches(
  data: unknown,
  steps: number | null,
  where: string,
  take: (batch: unknown, where: string) => void,
): Promise<void> | null {
  // A list of tensors is one of batches.
  const isList = Array.isArray(data) && data.length > 0 && data.every(isTensorData)
  if (!isBatchStream(data) && !isList) {
    if (steps !== null)
      fail(where, { expected: 'no steps beside an array', got: `${steps}`, remedy: 'Give fewer samples.' })
    take(data, `${where}, data`)
    return null
  }
  let count = 0
  const takeNext = (batch: unknown): void => {
    take(inputOf(batch), `${where}, batch ${count}`)
    count++
  }
  const end = (): void => {
    if (count === 0)
      fail(where, {
        expected: 'batches',
        got: 'a stream that is empty',
        remedy: 'Give one that can be iterated.',
      })
  }
  if (typeof data === 'function' || Symbol.asyncIterator in data) {
    return (async () => {
      const stream: unknown = typeof data === 'function' ? await data() : data
      if (typeof stream === 'function' || !isBatchStream(stream)) {
        const expected = 'a stream of batches, or a function that returns one'
        return fail(where, { expected, got: describeValue(stream) })
      }
      for await (const batch of stream as Batches) {
        takeNext(batch)
        if (count === steps) break
      }
      end()
    })()
  }
  for (const batch of data as Iterable<unknown>) {
    takeNext(batch)
    if (count === steps) break
  }
  end()
  return null
}

/** A batch of finite numbers, one at least. */
export function numbersOf(batch: unknown, where: string): Tensor {
  const read = typeof batch === 'number' ? new Tensor(Float32Array.of(batch), []) : toTensor(batch, where)
  if (read.data.length === 0) fail(where, { expected: 'numbers', got: describeValue(batch) })
  checkFiniteData(read, where)
  return read
}
