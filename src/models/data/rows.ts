// Some of the samples of a data set.

import { copyRows, lengthOf, type RowPlaces } from '../../util/windows.ts'
import type { Samples } from './data.ts'
import type { FieldData } from './fields.ts'

/** Arrays of all samples. */
export type Rows = Pick<Samples, 'rows' | 'fields' | 'places'>

/** Bytes that are uploaded at once, where not all samples lie on the device. */
const PART_BYTES = 2 ** 26

/** Where the rows of a field lie that may follow each other. */
const placesIn = ({ rows, fields, places }: Rows, f: number): RowPlaces => {
  const length = (fields[f]?.length ?? 0) / rows
  return places?.[f] ?? { first: 0, stride: length, run: length, every: 0, span: length }
}

/** The samples from `from` up to `to`, where they lie. */
export const cut = <S extends Rows>(samples: S, from: number, to: number): S => ({
  ...samples,
  rows: to - from,
  fields: samples.fields.map((field, f) => {
    const { first, stride, span } = placesIn(samples, f)
    const start = first + from * stride
    return field.subarray(start, start + (to - from - 1) * stride + span)
  }),
  places: samples.places?.map((place) => place && { ...place, first: 0 }),
})

/** Copies of the samples of these indices, in their order, one behind the other. */
export function take<S extends Rows>(samples: S, indices: Uint32Array): S {
  const fields = samples.fields.map((field, f): FieldData => {
    const places = placesIn(samples, f)
    const count = indices.length * lengthOf(places)
    const taken = field instanceof Int32Array ? new Int32Array(count) : new Float32Array(count)
    copyRows<FieldData>(field, places, indices, taken)
    return taken
  })
  return { ...samples, rows: indices.length, fields, places: undefined }
}

/** How many samples, of whole batches, are uploaded at once, of which `most` fit into a buffer of the device. */
export function rowsPerPart(samples: Rows, batchSize: number, most: number): number {
  const words = samples.fields.reduce((sum, _, f) => sum + lengthOf(placesIn(samples, f)), 0)
  const several = Math.floor(Math.min(most, PART_BYTES / Math.max(4 * words, 1)) / batchSize)
  return Math.min(Math.max(several, 1) * batchSize, samples.rows)
}
