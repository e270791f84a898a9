// Weights of samples, given as such or by class. Loaded when a call has any.

import { describeValue, fail } from '../errors.ts'
import { showShape, sizeOf } from '../util/shape.ts'
import { checkFiniteData, Tensor } from '../util/tensor.ts'
import { type ClassWeight, outputNames, readArrays } from './data.ts'
import type { StepModel } from './stepGraph.ts'

/** Reads the weights of each output's samples; null where there are none. */
export function readWeights(
  model: StepModel,
  targets: readonly Tensor[],
  {
    sampleWeight,
    classWeight,
  }: { readonly sampleWeight?: unknown; readonly classWeight?: ClassWeight | undefined },
  where: string,
): (Tensor | null)[] {
  if (classWeight !== undefined && sampleWeight !== undefined && sampleWeight !== null) {
    fail(where, { expected: 'either sampleWeight or classWeight', got: 'both' })
  }
  if (classWeight !== undefined) {
    if (targets.length > 1)
      fail(where, { expected: 'classWeight with a single output', got: `${targets.length} outputs` })
    return targets.map((target) => classWeights(target, classWeight, where))
  }
  if (sampleWeight === undefined || sampleWeight === null) return targets.map(() => null)
  return readArrays(sampleWeight, outputNames(model), where, 'sampleWeight').map((weight, i) => {
    const rows = model.outputs[i]?.shape.slice(1, -1) ?? []
    const [, ...got] = weight.shape
    if (got.some((extent, axis) => extent !== rows[axis]) || got.length > rows.length) {
      fail(`${where}, sampleWeight`, {
        expected: rows.length === 0 ? '[samples]' : `[samples] or [samples, ${rows.join(', ')}]`,
        got: showShape(weight.shape),
      })
    }
    checkFiniteData(weight, `${where}, sampleWeight`)
    return weight
  })
}

/** Sample weights from weights of classes: targets are class indices, or one-hot along the last axis. */
function classWeights({ data, shape }: Tensor, weights: ClassWeight, where: string): Tensor {
  for (const [key, weight] of Object.entries(weights)) {
    if (!/^\d+$/.test(key) || !Number.isFinite(weight)) {
      fail(`${where}, classWeight`, {
        expected: 'finite numbers by class index',
        got: `${key}: ${describeValue(weight)}`,
      })
    }
  }
  const classes = shape.length > 1 ? (shape.at(-1) ?? 1) : 1
  const rows = sizeOf(shape) / classes
  const values = Float32Array.from({ length: rows }, (_, row) => {
    const slice = data.subarray(row * classes, (row + 1) * classes)
    const index = classes === 1 ? Math.trunc(slice[0] ?? 0) : slice.indexOf(Math.max(...slice))
    return weights[index] ?? 1
  })
  return new Tensor(values, classes === 1 && shape.length === 1 ? shape : shape.slice(0, -1))
}
