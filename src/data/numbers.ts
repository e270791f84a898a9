// Numbers as users hand them over, in full precision: a Tensor holds floats of 32 bits, of which a scale shall not be made.

import { fail } from '../errors.ts'
import { entryOf, indicesOf } from '../util/nested.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import { isTensorData, type NestedData, numbersOf, Tensor, toTensor } from '../util/tensor.ts'

/** Numbers: nested arrays, a typed array, or a tensor. */
export type Numbers = NestedData

/** Numbers with a shape. */
export interface Matrix {
  readonly data: Float64Array
  readonly shape: Shape
}

export function readNumbers(given: unknown, where: string): Matrix {
  const { data, shape } = isTensorData(given)
    ? toTensor(given, where)
    : numbersOf(given, where, (_, extents) => new Float64Array(sizeOf(extents)))
  if (shape.length === 0) fail(where, { expected: 'an array of numbers', got: 'a single number' })
  return { data: data instanceof Float64Array ? data : Float64Array.from(data), shape }
}

/** Class indices and ids: integers of at least 0. */
export function readIntegers(given: unknown, where: string): Tensor {
  const read = toTensor(given, where)
  const wrong = read.data.findIndex((value) => !Number.isInteger(value) || value < 0)
  if (wrong >= 0)
    fail(entryOf(where, indicesOf(wrong, read.shape)), {
      expected: 'an integer of at least 0',
      got: `${read.data[wrong]}`,
    })
  return read
}

/** Rows of an array in an order, copied: `[rows, ...]`. */
export function takeRows({ data, shape: [, ...row] }: Tensor, order: ArrayLike<number>): Tensor {
  const size = sizeOf(row)
  const taken = new Float32Array(order.length * size)
  for (let i = 0; i < order.length; i++) {
    const from = (order[i] as number) * size
    taken.set(data.subarray(from, from + size), i * size)
  }
  return new Tensor(taken, [order.length, ...row])
}

/** Reads an array with an axis of samples or of time in front. */
export function readRows(given: unknown, where: string): Tensor {
  const read = toTensor(given, where)
  if (read.shape.length === 0 || read.shape[0] === 0)
    fail(where, { expected: 'an array with at least one row', got: showShape(read.shape) })
  return read
}
