// Class indices as rows with a one, and rows of length one.

import { checkInteger, checkPositiveInteger, describeValue, fail } from '../errors.ts'
import { lastOf } from '../util/shape.ts'
import { allocate, Tensor, toTensor } from '../util/tensor.ts'
import { type Numbers, readIntegers } from './numbers.ts'

/**
 * Class indices `[...]` as one-hot rows `[..., numClasses]`. A last axis of one entry is left out first, as in Keras.
 *
 * @param numClasses `null`, the default: one more than the largest index.
 * @throws {RecurraError} for an index that is no integer, or not below `numClasses`.
 * @see keras/src/utils/numerical_utils.py
 */
export function toCategorical(x: number | Numbers, numClasses?: number | null): Tensor {
  const where = 'toCategorical'
  const { data, shape } = readIntegers(typeof x === 'number' ? new Tensor(Float32Array.of(x), []) : x, where)
  const largest = data.reduce((a, b) => Math.max(a, b), -1)
  const classes =
    (numClasses ?? null) === null ? largest + 1 : checkPositiveInteger(where, 'numClasses', numClasses)
  if (largest >= classes) fail(where, { expected: `classes below ${classes}`, got: `${largest}` })
  const rows = shape.length > 1 && lastOf(shape) === 1 ? shape.slice(0, -1) : shape
  const ones = allocate(where, [data.length, classes])
  data.forEach((index, i) => {
    ones[i * classes + index] = 1
  })
  return new Tensor(ones, [...rows, classes])
}

/**
 * An array divided by its norms along an axis; where a norm is 0, nothing is divided.
 *
 * @param axis `-1` by default.
 * @param order Of the norm: 1, 2 (the default), any other number of at least 1, or Infinity.
 * @see keras/src/utils/numerical_utils.py
 */
export function normalize(x: Numbers, axis?: number | null, order?: number | null): Tensor {
  const where = 'normalize'
  const { data, shape } = toTensor(x, where)
  const p = order ?? 2
  if (typeof p !== 'number' || !(p >= 1))
    fail(where, { expected: 'order of at least 1', got: describeValue(order) })
  const along = checkInteger(where, 'axis', axis ?? -1)
  const at = along < 0 ? along + shape.length : along
  const extent = shape[at]
  if (extent === undefined)
    return fail(where, { expected: `an axis of ${shape.length}`, got: describeValue(axis ?? -1) })
  const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1)
  const scaled = new Float32Array(data.length)
  for (let start = 0; start < data.length; start += extent * inner) {
    for (let i = start; i < start + inner; i++) {
      const line = Array.from({ length: extent }, (_, k) => Math.abs(data[i + k * inner] as number))
      const norm =
        p === Infinity ? Math.max(...line) : line.reduce((sum, value) => sum + value ** p, 0) ** (1 / p)
      for (let k = i; k < i + extent * inner; k += inner) scaled[k] = (data[k] as number) / (norm || 1)
    }
  }
  return new Tensor(scaled, shape)
}
