// Outputs that are no rows of samples: a matrix of products of all samples with each other, say, or a number of the whole batch. As in
// Keras, predict puts what the batches give one behind the other.

import { fail } from '../../errors.ts'
import { shapesThrough } from '../../layers/layerGraph.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import { outputsFor } from '../data/otherExtents.ts'
import type { StepModel } from '../stepGraph.ts'

/** Of each model whether its outputs are rows of samples, which its layers say with its first batch. */
const known = new WeakMap<StepModel, boolean>()

/** A batch by what it is of: shapes of one sample of each input, and how many there are. */
export interface BatchOf {
  readonly samples: readonly Shape[]
  readonly size: number
}

/** Whether each output of a model has a row for each sample, by which batches may be taken apart and put together. */
export function givesRows(model: StepModel, batch: BatchOf, where: string): boolean {
  const isKnown = known.get(model)
  if (isKnown !== undefined) return isKnown
  const rows = outputsFor(model, batch.samples, where)
  const isFixed = model.inputs.some(({ shape }) => shape[0] !== null)
  const gives = shapesOfBatch(model, batch, where).every(
    ([count, ...sample], i) =>
      count === batch.size &&
      (isFixed || model.outputs[i]?.shape[0] === null) &&
      sameShape(sample, rows[i] ?? []),
  )
  known.set(model, gives)
  return gives
}

/** The shapes of the outputs for a batch. */
export const shapesOfBatch = (model: StepModel, { samples, size }: BatchOf, where: string): Shape[] =>
  shapesThrough(
    model,
    where,
    samples.map((shape) => [size, ...shape]),
  ) as Shape[]

/** What the batches give of each output, one behind the other; of numbers a row. */
export const joined = (batches: readonly (readonly Tensor[])[], where: string): Tensor[] =>
  (batches[0] ?? []).map((_, i) =>
    joinedOutput(
      batches.map((outputs) => outputs[i] as Tensor),
      where,
    ),
  )

function joinedOutput(parts: readonly Tensor[], where: string): Tensor {
  const [{ shape }] = parts as readonly [Tensor]
  const rest = shape.slice(1)
  const other = parts.find((part) => !sameShape(part.shape.slice(1), rest))
  if (other)
    fail(where, {
      expected: 'batches whose outputs differ in their first axis alone',
      got: `${showShape(shape)} and ${showShape(other.shape)}`,
      remedy: 'Give a batchSize by which the number of samples can be divided.',
    })
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  let written = 0
  for (const part of parts) {
    data.set(part.data, written)
    written += part.data.length
  }
  return new Tensor(data, [data.length / sizeOf(rest), ...rest])
}
