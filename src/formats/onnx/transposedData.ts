// Weights in another order of axes.

import { type Shape, sizeOf } from '../../util/shape.ts'

/** Rows of the result that are written side by side, so that what is read of a line of the cache is used before it is gone. */
const ROWS = 32

/** The numbers of a tensor with its axes in another order. */
export function transposedData(data: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const extents = order.map((axis) => shape[axis] ?? 1)
  const steps = order.map((axis) => strides[axis] ?? 1)
  // The result as matrices, the first axes one by one.
  const columns = extents.pop() ?? 1
  const columnStep = steps.pop() ?? 1
  const rows = extents.pop() ?? 1
  const rowStep = steps.pop() ?? 1
  const result = new Float32Array(data.length)
  const outer = sizeOf(extents)
  for (let matrix = 0; matrix < outer; matrix++) {
    let start = 0
    let rest = matrix
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      const extent = extents[axis] as number
      start += (rest % extent) * (steps[axis] as number)
      rest = Math.floor(rest / extent)
    }
    const first = matrix * rows * columns
    for (let top = 0; top < rows; top += ROWS) {
      const end = Math.min(top + ROWS, rows)
      for (let column = 0; column < columns; column++)
        for (let row = top; row < end; row++)
          result[first + row * columns + column] = data[start + row * rowStep + column * columnStep] as number
    }
  }
  return result
}
