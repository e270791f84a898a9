// Weights in another order of axes.

import { type Shape, sizeOf } from '../../util/shape.ts'

/** The numbers of a tensor with its axes in another order. */
export function transposedData(data: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const extents = order.map((axis) => shape[axis] ?? 1)
  const steps = order.map((axis) => strides[axis] ?? 1)
  const result = new Float32Array(data.length)
  const places = extents.map(() => 0)
  let from = 0
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as number
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      const [extent = 1, step = 1] = [extents[axis], steps[axis]]
      places[axis] = (places[axis] as number) + 1
      from += step
      if (places[axis] !== extent) break
      places[axis] = 0
      from -= extent * step
    }
  }
  return result
}
