// How many inputs and outputs a weight connects.

import { type Shape, sizeOf } from '../../util/shape.ts'

/**
 * How many inputs and outputs a weight connects: [in, out] of a matrix, times the extents before them for a
 * convolution's kernel; `inputAxes` and `outputAxes` name other places.
 */
export function computeFans(
  shape: Shape,
  inputAxes: readonly number[] | null = null,
  outputAxes: readonly number[] | null = null,
): [fanIn: number, fanOut: number] {
  const over = (list: readonly number[]): number =>
    list.reduce((product, axis) => product * (shape.at(axis) ?? 1), 1)
  if (inputAxes && outputAxes) return [over(inputAxes), over(outputAxes)]
  if (shape.length < 2) return [over([0]), over([0])]
  const receptive = sizeOf(shape.slice(0, -2))
  return [over([-2]) * receptive, over([-1]) * receptive]
}
