// Numbers that options give: one for all, or an array that broadcasts.

import { checkFinite, describeValue, fail } from '../../errors.ts'
import { isOptions, type Read } from '../../util/options.ts'
import {
  checkFiniteData,
  type NestedArray,
  type NumericArray,
  type Tensor,
  toTensor,
} from '../../util/tensor.ts'

/** A number, or an array of some. */
export type PlainNumbers = number | NestedArray | NumericArray
export type Numbers = PlainNumbers | Tensor

/** Reads a number or an array. Keras's files have a NumPy array as an object. */
export const readNumbers: Read<number | Tensor> = (where, name, value) => {
  if (isOptions(value) && isOptions(value.config)) return readNumbers(where, name, value.config.value)
  if (typeof value !== 'object' || value === null) return checkFinite(where, name, value)
  const array = toTensor(value, `${where}, ${name}`)
  checkFiniteData(array, `${where}, ${name}`)
  if (array.data.length === 0)
    fail(where, { expected: `${name} to be a number or an array of some`, got: describeValue(value) })
  return array
}

export const writeNumbers = (value: number | Tensor): unknown =>
  typeof value === 'number' ? value : value.toArray()
