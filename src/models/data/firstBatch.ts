// The first batch of a stream, from which a model takes the shapes of its inputs.

import { describeValue, fail } from '../../errors.ts'
import type { BatchStream } from '../../util/batchStream.ts'
import { isA } from '../../util/realms.ts'
import { isTensorData } from '../../util/tensor.ts'
import { isTable } from './arrays.ts'
import { failForEnd } from './stream.ts'
import { StreamReader } from './streamReader.ts'

type Signals = readonly (AbortSignal | null | undefined)[]

/** The first batch, which the call that follows gets, too. */
export async function peekBatch(stream: BatchStream, where: string, given: Signals): Promise<unknown> {
  // What is no signal, the call itself refuses.
  const signals = given.filter((signal) => isA(signal, 'AbortSignal'))
  const first = (await StreamReader.peek(stream, where, signals)) ?? failForEnd(where)
  return first.batch
}

/** The inputs of the first batch. */
export const firstInputs = async (stream: BatchStream, where: string, signals: Signals): Promise<unknown> =>
  inputsOf(await peekBatch(stream, where, signals), `${where}, batch 0`)

/** The inputs of a batch: by themselves, as a tensor or an object, or in front of targets, as fit and evaluate take batches. */
export function inputsOf(batch: unknown, where: string): unknown {
  if (isTensorData(batch) || ArrayBuffer.isView(batch) || isTable(batch)) return batch
  if (Array.isArray(batch) && batch.length >= 1 && batch.length <= 3) return batch[0]
  return fail(where, { expected: 'a tensor, [x], [x, y] or [x, y, sampleWeight]', got: describeValue(batch) })
}
