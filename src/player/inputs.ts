// The data of an ejected model's inputs, read and checked as model.predict does.

import { fail } from '../errors.ts'
import { arraysOf, matchRank, readArray } from '../models/data/arrays.ts'
import { checkFiniteSamples, type FieldData, integersOf } from '../models/data/fields.ts'
import { sameShape, showShape } from '../util/shape.ts'
import type { EjectedModel } from './ejectedModel.ts'

/** The fields of all inputs, and how many samples they have. */
export function readFields(
  { name, inputs }: EjectedModel,
  x: unknown,
): { readonly rows: number; readonly fields: readonly FieldData[] } {
  const where = `${name}.predict`
  const arrays = arraysOf(
    x,
    inputs.map((input) => input.name),
    where,
    'x',
  )
  const read = arrays.map((array, i) => {
    const { shape: sample = [], isInteger, isStoredAsInteger } = inputs[i] ?? {}
    const data = readArray(array)
    const shape = matchRank(data.shape, sample.length + 1, sample)
    const [rows = 0] = shape
    if (rows === 0 || !sameShape(shape.slice(1), sample)) {
      fail(array.where, {
        expected: `samples as ${showShape([null, ...sample])}`,
        got: showShape(data.shape),
        // A sample without its batch is the commonest slip.
        remedy: sameShape(data.shape, sample) ? 'Put the sample in an array: [sample].' : undefined,
      })
    }
    checkFiniteSamples(data, array.where)
    const integers = isInteger ? integersOf(data, array.where) : null
    return { rows, field: integers && isStoredAsInteger ? integers : data.data }
  })
  const rows = read.map((one) => one.rows)
  if (rows.some((count) => count !== rows[0]))
    fail(where, { expected: 'as many samples of each input', got: rows.join(' and ') })
  return { rows: rows[0] ?? 0, fields: read.map(({ field }) => field) }
}
