// Some of the samples of a data set.

import type { FieldData, Samples } from './data.ts'

/** Arrays of all samples. */
type Rows = Pick<Samples, 'rows' | 'fields'>

/** Bytes that are uploaded at once, where not all samples lie on the device. */
const PART_BYTES = 2 ** 26

/** The samples from `from` up to `to`, where they lie. */
export const cut = <S extends Rows>(samples: S, from: number, to: number): S => ({
  ...samples,
  rows: to - from,
  fields: samples.fields.map((field) => {
    const length = field.length / samples.rows
    return field.subarray(from * length, to * length)
  }),
})

/** Copies of the samples of these indices, in their order. */
export function take<S extends Rows>(samples: S, indices: Uint32Array): S {
  const fields = samples.fields.map((field): FieldData => {
    const length = field.length / samples.rows
    const count = indices.length * length
    const taken = field instanceof Int32Array ? new Int32Array(count) : new Float32Array(count)
    indices.forEach((row, i) => {
      taken.set(field.subarray(row * length, (row + 1) * length), i * length)
    })
    return taken
  })
  return { ...samples, rows: indices.length, fields }
}

/** How many samples, of whole batches, are uploaded at once, of which `most` fit into a buffer of the device. */
export function rowsPerPart({ rows, fields }: Rows, batchSize: number, most: number): number {
  const bytes = fields.reduce((sum, { byteLength }) => sum + byteLength, 0) / rows
  const several = Math.floor(Math.min(most, PART_BYTES / Math.max(bytes, 1)) / batchSize)
  return Math.min(Math.max(several, 1) * batchSize, rows)
}
