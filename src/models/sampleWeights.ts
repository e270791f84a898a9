// Weights of samples, given as such or by class. Loaded when a call has any.

import { fail } from '../errors.ts'
import { type OpenShape, type Shape, showShape, sizeOf } from '../util/shape.ts'
import { checkFiniteData, Tensor } from '../util/tensor.ts'
import { outputNames, readArrays } from './data.ts'
import type { StepModel } from './stepGraph.ts'

/** Weights by class index, as the options read them. */
type ClassWeights = Readonly<Record<number, number>>

/** Reads the weights of each output's samples; null where there are none. */
export function readWeights(
  model: StepModel,
  targets: readonly Tensor[],
  {
    sampleWeight,
    classWeight,
  }: { readonly sampleWeight?: unknown; readonly classWeight?: ClassWeights | null },
  where: string,
): (Tensor | null)[] {
  const isWeighted = sampleWeight !== undefined && sampleWeight !== null
  if (classWeight && isWeighted) {
    fail(where, { expected: 'either sampleWeight or classWeight', got: 'both' })
  }
  if (classWeight) {
    if (targets.length > 1)
      fail(where, { expected: 'classWeight with a single output', got: `${targets.length} outputs` })
    return targets.map((target) => classWeights(target, classWeight))
  }
  if (!isWeighted) return targets.map(() => null)
  return readArrays(sampleWeight, outputNames(model), where, 'sampleWeight').map((weight, i) => {
    const rows = model.outputs[i]?.shape.slice(1, -1) ?? []
    const shape = withoutSingles(weight.shape, rows)
    if (!isPrefix(shape.slice(1), rows)) {
      fail(`${where}, sampleWeight`, {
        expected: rows.length === 0 ? '[samples]' : `[samples] or [samples, ${rows.join(', ')}]`,
        got: showShape(weight.shape),
      })
    }
    checkFiniteData(weight, `${where}, sampleWeight`)
    return new Tensor(weight.data, shape)
  })
}

const isPrefix = (shape: Shape, rows: OpenShape): boolean =>
  shape.length <= rows.length && shape.every((extent, axis) => extent === rows[axis])

/** Without trailing extents of 1 that the rows do not have: [samples, 1] is one weight a sample, as in Keras. */
function withoutSingles(shape: Shape, rows: OpenShape): Shape {
  const isSingle = shape.length > 1 && shape.at(-1) === 1 && !isPrefix(shape.slice(1), rows)
  return isSingle ? withoutSingles(shape.slice(0, -1), rows) : shape
}

/** Sample weights from weights of classes: targets are class indices, or one-hot along the last axis. */
function classWeights({ data, shape }: Tensor, weights: ClassWeights): Tensor {
  const classes = shape.length > 1 ? (shape.at(-1) ?? 1) : 1
  const rows = sizeOf(shape) / classes
  const values = Float32Array.from({ length: rows }, (_, row) => {
    const slice = data.subarray(row * classes, (row + 1) * classes)
    const index = classes === 1 ? Math.trunc(slice[0] ?? 0) : slice.indexOf(Math.max(...slice))
    return weights[index] ?? 1
  })
  return new Tensor(values, classes === 1 && shape.length === 1 ? shape : shape.slice(0, -1))
}
