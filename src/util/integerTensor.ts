// Tensors of integers, which users hand over as floats.

import { fail } from '../errors.ts'
import { entryOf, indicesOf } from './nested.ts'
import type { Shape } from './shape.ts'
import type { Tensor } from './tensor.ts'

/** Floats hold each integer up to this. */
const MOST_INTEGER = 2 ** 24

/** The numbers as integers; throws at the first that is none, or that a float may have rounded. */
export function toIntegers({ data, shape }: Tensor, where: string): { data: Int32Array; shape: Shape } {
  const integers = Int32Array.from(data)
  const index = data.findIndex((value, i) => value !== integers[i] || Math.abs(value) > MOST_INTEGER)
  if (index >= 0)
    fail(entryOf(where, indicesOf(index, shape)), {
      expected: 'an integer up to 2²⁴',
      got: `${data[index]}`,
    })
  return { data: integers, shape }
}
