// Calls of what computes tensors of tensors: on data their results are not known.

import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import { type Arguments, Unknown, type Value } from '../python/values.ts'
import { valuesGiven } from './functions.ts'
import type { Reader } from './reader.ts'

export const isTensor = (value: unknown): boolean =>
  value instanceof SymbolicTensor ||
  value instanceof DrawnVariable ||
  (Array.isArray(value) && value.some(isTensor))

/** Does a call whose arguments have a tensor among them; the result of others is not known. */
export function callOnTensors(
  reader: Reader,
  label: string,
  args: Arguments,
  at: number,
  work: () => unknown,
): Value {
  const values = valuesGiven(args)
  const unknown = values.find((value) => value instanceof Unknown)
  if (unknown instanceof Unknown) return unknown.isReported ? unknown : new Unknown(label)
  return reader.attempt(at, () => {
    if (!values.some((value) => isTensor(reader.plain(value)))) return new Unknown(label)
    reader.act()
    return reader.wrap(work())
  })
}
