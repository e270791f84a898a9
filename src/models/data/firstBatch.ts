// The first data of a model that was not built, from which it takes the shapes of its inputs.

import { describeValue, fail } from '../../errors.ts'
import { type BatchStream, isBatchStream } from '../../util/batchStream.ts'
import { isA } from '../../util/realms.ts'
import { isTensorData } from '../../util/tensor.ts'
import type { LayersModel } from '../model.ts'
import type { SteppedModel } from '../steppedModel.ts'
import { isTable } from './arrays.ts'
import { failForEnd } from './stream.ts'
import { StreamReader } from './streamReader.ts'

type Signals = readonly (AbortSignal | null | undefined)[]

/** A class that says its steps, whose code no other model loads. */
type BuiltInStep = Pick<SteppedModel, keyof LayersModel | 'stepBuilder'>

const isBuiltInStep = (model: object): model is BuiltInStep => 'stepBuilder' in model

/**
 * Builds a model for what it is first called on.
 *
 * @param name The method that is called.
 */
export async function buildFirst(
  model: LayersModel,
  name: string,
  x: unknown,
  y: unknown,
  signal?: AbortSignal | null,
): Promise<void> {
  const where = `${model.where}.${name}`
  const batch = isBatchStream(x) ? await peekBatch(x, where, [signal, model.disposal.signal]) : undefined
  if (name === 'fit' && isBuiltInStep(model)) {
    const { buildInStep } = await model.stepBuilder()
    buildInStep(model, where, batch === undefined ? [x, y] : batch)
  }
  model.buildFrom(batch === undefined ? x : inputsOf(batch, `${where}, batch 0`), where)
}

/** The first batch, which the call that follows gets, too. */
async function peekBatch(stream: BatchStream, where: string, given: Signals): Promise<unknown> {
  // What is no signal, the call itself refuses.
  const signals = given.filter((signal) => isA(signal, 'AbortSignal'))
  const first = (await StreamReader.peek(stream, where, signals)) ?? failForEnd(where)
  return first.batch
}

/** The inputs of a batch: by themselves, as a tensor or an object, or in front of targets, as fit and evaluate take batches. */
export function inputsOf(batch: unknown, where: string): unknown {
  if (isTensorData(batch) || ArrayBuffer.isView(batch) || isTable(batch)) return batch
  if (Array.isArray(batch) && batch.length >= 1 && batch.length <= 3) return batch[0]
  return fail(where, { expected: 'a tensor, [x], [x, y] or [x, y, sampleWeight]', got: describeValue(batch) })
}
