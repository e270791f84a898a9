// Calls of what computes tensors of tensors: on data their results are not known.

import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import { Assignable } from '../operations/assignable.ts'
import { type Arguments, List, Tuple, Unknown, type Value } from '../python/values.ts'
import { wordOfData } from './arrays.ts'
import { valuesGiven } from './functions.ts'
import { NOT_KNOWN, type Reader } from './reader.ts'

export const isTensor = (value: unknown): boolean =>
  value instanceof SymbolicTensor ||
  value instanceof DrawnVariable ||
  value instanceof Assignable ||
  (Array.isArray(value) && value.some(isTensor))

/** A value that is not known among others, or in lists of them, also where its shape is; undefined where there is none. */
export function unknownAmong(values: readonly Value[]): Unknown | undefined {
  for (const value of values) {
    const inner = value instanceof List || value instanceof Tuple ? unknownAmong(value.items) : value
    if (inner instanceof Unknown) return inner
    const word = wordOfData(inner)
    if (word !== undefined) return new Unknown(word)
  }
  return undefined
}

/** What is computed of a value that is not known: where a model needs it, that value is what is to be given. */
export const outOf = (unknown: Unknown, at: number): Unknown =>
  unknown.isReported || unknown.origin
    ? unknown.derived(unknown.word)
    : unknown.of({ at, word: unknown.word, message: NOT_KNOWN, form: '...' })

/** Does a call whose arguments have a tensor among them; the result of others is not known. */
export function callOnTensors(
  reader: Reader,
  label: string,
  args: Arguments,
  at: number,
  work: () => unknown,
): Value {
  const values = valuesGiven(args)
  const unknown = unknownAmong(values)
  if (unknown) return outOf(unknown, at)
  return reader.attempt(at, () => {
    if (!values.some((value) => isTensor(reader.plain(value)))) return new Unknown(label)
    reader.act()
    return reader.wrap(work())
  })
}
